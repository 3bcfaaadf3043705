//! What is built again and why, with commands that a test double carries out.

use std::cell::RefCell;

use builder::{
    BaseImage, Build, BuildError, Cache, Command, CommitPoints, Event, Executor, Images, Miss,
    NoCache, NoNetwork, Output, Outside, Ran, Request, RunError, StepState,
};
use vfs::{
    AbsPath, Caller, Content, Fs, Limits, NodeId, OpenFlags, ResolveFlags, Stream, Timestamp,
};

/// Understands `put PATH TEXT`, `del PATH`, `exit N`, and `module`, which needs one; joined by `;`.
struct Commands {
    loaded: bool,
}

impl Executor for Commands {
    fn run(&mut self, command: &Command<'_>) -> Result<Ran, RunError> {
        let mut fs = Fs::new(command.root.clone(), Limits::default());
        fs.set_now(command.time);
        let mut exit_code = 0;
        for part in command.args.last().unwrap().split(';') {
            let words: Vec<_> = part.split_whitespace().collect();
            match words.as_slice() {
                ["put", path, text] => put(&mut fs, path, text),
                ["del", path] => {
                    fs.unlink(
                        &Caller::root(),
                        NodeId::ROOT,
                        path.as_bytes(),
                        ResolveFlags::NOFOLLOW,
                    )
                    .unwrap();
                }
                ["module"] if !self.loaded => return Err(RunError::NotLoaded("tools".into())),
                ["module"] => {}
                ["exit", code] => exit_code = code.parse().unwrap(),
                other => panic!("the test's commands do not know {other:?}"),
            }
        }
        let output = Output { runs: vec![(Stream::Stdout, b"ran\n".to_vec())], dropped: 0 };
        let mounts = command.mounts.iter().map(|mount| mount.tree.clone()).collect();
        Ok(Ran {
            root: fs.into_root(),
            exit_code,
            output,
            mounts,
            time: command.time,
            points: CommitPoints::default(),
        })
    }
}

struct NoImages;

impl Images for NoImages {
    fn find(&mut self, reference: &str) -> Result<BaseImage, String> {
        Err(format!("{reference}: not found"))
    }
}

fn put(fs: &mut Fs, path: &str, text: &str) {
    let how = OpenFlags { write: true, create: true, truncate: true, ..OpenFlags::default() };
    let flags = (how, ResolveFlags::FOLLOW);
    let file = fs.open(&Caller::root(), NodeId::ROOT, path.as_bytes(), flags, 0o644).unwrap();
    fs.put_content(file, Content::from(text.as_bytes().to_vec())).unwrap();
    fs.close(file);
}

struct Lab {
    loaded: bool,
    cache: Cache,
    context: Fs,
}

impl Lab {
    fn new() -> Self {
        let mut context = Fs::default();
        put(&mut context, "/app.js", "one");
        put(&mut context, "/package.json", "{}");
        Self { loaded: false, cache: Cache::default(), context }
    }

    fn build(&mut self, text: &str) -> Build {
        self.try_build(text, false).unwrap()
    }

    fn try_build(&mut self, text: &str, no_cache: bool) -> Result<Build, BuildError> {
        let context = self.context.root().clone();
        let request = Request {
            no_cache: if no_cache { NoCache::All } else { NoCache::None },
            ..Request::new(text, &context, Timestamp::from_secs(1_700_000_000))
        };
        let ticks = RefCell::new(0);
        let micros = move || {
            *ticks.borrow_mut() += 1;
            *ticks.borrow()
        };
        let mut outside = Outside {
            executor: &mut Commands { loaded: self.loaded },
            images: &mut NoImages,
            network: &mut NoNetwork,
            micros: &micros,
        };
        builder::build(&request, &mut outside, &mut self.cache, &mut |_: Event| {})
    }
}

/// One letter per step: `c`ached, `r`an, `-` applied, `F`ailed, `.` not reached.
fn states(build: &Build) -> String {
    build
        .outcomes
        .iter()
        .map(|outcome| match &outcome.state {
            StepState::Running => '?',
            StepState::Cached { .. } => 'c',
            StepState::Ran { .. } => 'r',
            StepState::Applied => '-',
            StepState::Failed(_) => 'F',
            StepState::NotReached => '.',
        })
        .collect()
}

fn miss(build: &Build, step: usize) -> &Miss {
    match &build.outcomes[step].state {
        StepState::Ran { miss, .. } => miss,
        other => panic!("step {step} did not run: {other:?}"),
    }
}

fn id(build: &Build) -> String {
    build.image.as_ref().expect("an image").config.id().to_string()
}

const FILE: &str = "FROM scratch\nWORKDIR /app\nCOPY package.json .\nRUN put /app/dep x\nCOPY app.js .\nRUN put /app/out y\nCMD [\"a\"]\n";

#[test]
fn only_what_changed_runs_again() {
    let mut lab = Lab::new();
    assert_eq!(states(&lab.build(FILE)), "crrrrr-");
    let first = lab.build(FILE);
    assert_eq!(states(&first), "cccccc-");

    let last_run = FILE.replace("out y", "out z");
    let build = lab.build(&last_run);
    assert_eq!(states(&build), "cccccr-");
    assert_eq!(
        *miss(&build, 5),
        Miss::Instruction {
            before: "RUN put /app/out y".into(),
            after: "RUN put /app/out z".into()
        }
    );
    assert_ne!(id(&build), id(&first));

    put(&mut lab.context, "/app.js", "two!");
    let build = lab.build(&last_run);
    assert_eq!(states(&build), "ccccrr-");
    let Miss::Files(changes) = miss(&build, 4) else { panic!("{:?}", miss(&build, 4)) };
    assert_eq!(changes[0].path, AbsPath::new("/app.js"));
    assert_eq!(changes[0].before.as_ref().map(|state| state.size), Some(3));
    assert_eq!(changes[0].after.as_ref().map(|state| state.size), Some(4));
    assert_eq!(*miss(&build, 5), Miss::Parent { step: 4 });

    put(&mut lab.context, "/app.js", "one");
    let back = lab.build(FILE);
    assert_eq!(states(&back), "cccccc-", "what was built once is still there");
    assert_eq!(id(&back), id(&first));
}

#[test]
fn a_hit_gives_the_image_that_a_build_without_cache_gives() {
    let mut lab = Lab::new();
    lab.build(FILE);
    let variant = FILE.replace("dep x", "dep longer");
    let warm = lab.build(&variant);
    let without = lab.try_build(&variant, true).unwrap();
    assert_eq!(states(&without), "ccrrrr-", "WORKDIR is not among what --no-cache runs again");
    assert_eq!(*miss(&without, 2), Miss::NoCache);
    assert_eq!(id(&warm), id(&without));
    assert_eq!(id(&Lab::new().build(&variant)), id(&warm), "a new lab too");
}

/// The facts listed under "Behaviour that surprises" for Docker 28 with BuildKit.
#[test]
fn configuration_invalidates_only_what_sees_it() {
    let mut lab = Lab::new();
    lab.build(FILE);
    let label = FILE.replace("RUN put /app/dep", "LABEL a=b\nRUN put /app/dep");
    assert_eq!(states(&lab.build(&label)), "ccc-ccc-", "LABEL invalidates nothing");
    let mut lab = Lab::new();
    lab.build(FILE);
    let env = FILE.replace("RUN put /app/dep", "ENV A=1\nRUN put /app/dep");
    let build = lab.build(&env);
    assert_eq!(states(&build), "ccc-rrr-", "ENV invalidates RUN, and what builds on it");
    assert_eq!(
        *miss(&build, 4),
        Miss::Environment { name: "A".into(), before: None, after: Some("1".into()) }
    );
    assert_eq!(*miss(&build, 5), Miss::Parent { step: 4 });
    let env_late = FILE.replace("COPY app.js", "ENV A=1\nCOPY app.js");
    assert_eq!(states(&lab.build(&env_late)), "cccc-cr-", "ENV does not invalidate COPY");
}

#[test]
fn a_failing_step_ends_the_build_and_heals() {
    let mut lab = Lab::new();
    lab.build(FILE);
    let broken = FILE.replace("put /app/out y", "exit 127");
    let build = lab.build(&broken);
    assert_eq!(states(&build), "cccccF.");
    let StepState::Failed(failure) = &build.outcomes[5].state else { unreachable!() };
    assert_eq!(failure.exit_code, Some(127));
    assert_eq!(
        failure.message,
        "process \"/bin/sh -c exit 127\" did not complete successfully: exit code: 127"
    );
    assert_eq!(failure.output.tail(10), "ran");
    assert_eq!(states(&lab.build(FILE)), "cccccc-");
}

#[test]
fn only_reachable_stages_are_built() {
    let mut lab = Lab::new();
    let text = "ARG X=app.js\nFROM scratch AS unused\nRUN exit 1\nFROM scratch AS build\nARG X\nCOPY $X /in\nRUN put /out built\nFROM scratch\nCOPY --from=build /out /result\n";
    let build = lab.build(text);
    assert_eq!(states(&build), "-..c-rrcr");
    let image = build.image.as_ref().unwrap();
    let (_, inode) = image.tree.lookup(&AbsPath::new("/result")).unwrap();
    assert_eq!(inode.size(), 5);
    // The other stage gives the same content: the copy is still cached.
    let text = text.replace("RUN put /out built", "RUN put /other z;put /out built");
    assert_eq!(states(&lab.build(&text)), "-..c-crcc");
}

#[test]
fn history_and_configuration_read_as_buildkit_writes_them() {
    let mut lab = Lab::new();
    let build = lab.build(
        "FROM scratch\nARG V=1\nENV A=\"x y\" B=$V\nLABEL k=v\nWORKDIR /w\nCOPY app.js .\nRUN put /w/f $A\nEXPOSE 80 53/udp\nUSER 1000:1000\nENTRYPOINT [\"/a\"]\nCMD b c\n",
    );
    let image = build.image.as_ref().unwrap();
    let history: Vec<_> =
        image.config.history.iter().map(|h| (h.created_by.as_str(), h.empty_layer)).collect();
    assert_eq!(
        history,
        [
            ("ARG V=1", true),
            ("ENV A=x y B=1", true),
            ("LABEL k=v", true),
            ("WORKDIR /w", false),
            ("COPY app.js . # buildkit", false),
            ("RUN |1 V=1 /bin/sh -c put /w/f $A # buildkit", false),
            ("EXPOSE [53/udp 80/tcp]", true),
            ("USER 1000:1000", true),
            ("ENTRYPOINT [\"/a\"]", true),
            ("CMD [\"/bin/sh\" \"-c\" \"b c\"]", true),
        ]
    );
    assert_eq!(image.layers.len(), 3);
    let config = &image.config.config;
    assert_eq!(config.env[1..], ["A=x y", "B=1"]);
    assert_eq!((config.user.as_str(), config.working_dir.as_str()), ("1000:1000", "/w"));
    assert_eq!(build.steps[5].vertex.as_deref(), Some("[2/3] COPY app.js ."));
}

#[test]
fn wrong_files_say_what_is_wrong() {
    let mut lab = Lab::new();
    let message = |lab: &mut Lab, text: &str| match lab.try_build(text, false) {
        Err(error) => error.to_string(),
        Ok(build) => match &build.outcomes[build.failed.unwrap()].state {
            StepState::Failed(failure) => failure.message.clone(),
            other => panic!("{other:?}"),
        },
    };
    assert_eq!(
        message(&mut lab, "FROM scratch\nRUNN x\n"),
        "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)"
    );
    assert_eq!(message(&mut lab, "FROM nosuch\n"), "nosuch: not found");
    assert!(message(&mut lab, "FROM scratch\nCOPY nope /x\n").ends_with("\"/nope\": not found"));
    assert_eq!(
        message(&mut lab, "FROM scratch\nENV A=${B:?unset}\n"),
        "failed to process \"${B:?unset}\": B: unset"
    );
}

#[test]
fn a_build_that_waited_for_a_module_says_what_ran() {
    let mut lab = Lab::new();
    let text = FILE.replace("put /app/out y", "module");
    let end = lab.try_build(&text, false);
    assert!(matches!(end, Err(BuildError::NotLoaded(module)) if module == "tools"));
    lab.loaded = true;
    assert_eq!(
        states(&lab.build(&text)),
        "crrrrr-",
        "what ran before the module came ran in this build"
    );
    assert_eq!(states(&lab.build(&text)), "cccccc-");
}
