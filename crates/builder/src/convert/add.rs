//! `COPY` and `ADD` (`dispatchCopy` in `dockerfile2llb/convert_copy.go`).

use std::sync::Arc;

use dockerfile::{AddArgs, CopyArgs, InlineFile, Lexer, Transfer, quote};
use vfs::AbsPath;

use super::Converter;
use super::config::vertex_of;
use super::names::{prefix, shown};
use super::stages::{StageCommand, StageId};
use super::state::StageState;
use crate::content_hash::has_wildcard;
use crate::files::ChangeMode;
use crate::graph::{Action, CopyAction, Input, Op, Vertex};

/// What `COPY` and `ADD` have in common.
struct Copying {
    keyword: &'static str,
    transfer: Transfer,
    /// Where paths are looked up; asked for only where there are some.
    from: From,
    chown: Option<String>,
    chmod: Option<String>,
    checksum: Option<String>,
    exclude: Vec<String>,
    keep_git_dir: Option<bool>,
    unpack: Option<bool>,
    link: bool,
    parents: bool,
}

enum From {
    Context,
    Stage(Input),
}

impl Converter<'_> {
    pub(super) fn copy(
        &mut self,
        id: StageId,
        state: &mut StageState,
        command: &StageCommand,
        copy: CopyArgs,
    ) -> Result<(), String> {
        let from = match (command.sources.first(), &copy.from) {
            (Some(source), name) => {
                let source = &self.stages.all[*source];
                if !source.dispatched {
                    return Err(format!(
                        "cannot copy from stage {}, it needs to be defined before current stage {}",
                        quote(name.as_deref().unwrap_or_default()),
                        quote(&self.stages.all[id].name)
                    ));
                }
                From::Stage(source.state.at)
            }
            (None, _) => From::Context,
        };
        let copying = Copying {
            keyword: "COPY",
            transfer: copy.transfer,
            from,
            chown: copy.chown,
            chmod: copy.chmod,
            checksum: None,
            exclude: copy.exclude,
            keep_git_dir: None,
            unpack: Some(false),
            link: copy.link,
            parents: copy.parents,
        };
        self.transfer(id, state, command, copying)
    }

    pub(super) fn add_files(
        &mut self,
        id: StageId,
        state: &mut StageState,
        command: &StageCommand,
        add: AddArgs,
    ) -> Result<(), String> {
        let copying = Copying {
            keyword: "ADD",
            transfer: add.transfer,
            from: From::Context,
            chown: add.chown,
            chmod: add.chmod,
            checksum: add.checksum,
            exclude: add.exclude,
            keep_git_dir: add.keep_git_dir,
            unpack: add.unpack,
            link: add.link,
            parents: false,
        };
        self.transfer(id, state, command, copying)
    }

    fn transfer(
        &mut self,
        id: StageId,
        state: &mut StageState,
        command: &StageCommand,
        mut copying: Copying,
    ) -> Result<(), String> {
        let body_lexer = Lexer { skip_quotes: true, ..Lexer::new('\\') };
        copying.transfer.expand_inline(&mut |text| state.expand(&body_lexer, text))?;
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (chown, chmod) = (given(&copying.chown), given(&copying.chmod));
        let mode = chmod.as_deref().map(ChangeMode::parse).transpose();
        let mode = mode.map_err(|error| error.to_string())?;
        check_checksum(&copying)?;
        let template = CopyAction {
            from: None,
            source: String::new(),
            dest: destination(state.cwd(), &copying.transfer.dest),
            owner: chown.clone(),
            mode,
            include: Vec::new(),
            exclude: copying.exclude.clone(),
            required: Vec::new(),
            local: false,
            unpack: false,
            created: self.out.epoch,
        };
        let text = shown(&self.lexer, command.instruction.text(), &state.env);
        let name = prefix(&mut self.stages.all[id], &text);
        let mut actions = Vec::new();
        let mut history = copying.keyword.to_owned();
        if copying.parents {
            history.push_str(" --parents");
        }
        for (flag, value) in [("--chown", &chown), ("--chmod", &chmod)] {
            if let Some(value) = value {
                history.push_str(&format!(" {flag}={value}"));
            }
        }
        for source in &copying.transfer.sources {
            history.push_str(&format!(" {source}"));
            let action = match remote(source) {
                Remote::No => {
                    let from = match copying.from {
                        From::Context => self.context(command.step),
                        From::Stage(at) => at,
                    };
                    local(&copying, source, CopyAction { from, ..template.clone() })
                }
                Remote::Http => self.download(command, &name, &copying, source, &template)?,
                Remote::Git => return Err(git(&copying, source)),
            };
            actions.push(Action::Copy(action));
        }
        for file in &copying.transfer.inline {
            history.push_str(&format!(" <<{}", file.name));
            let from = self.inline(command.step, file, 0o644);
            let source = format!("/{}", file.name);
            actions.push(Action::Copy(CopyAction { from, source, ..template.clone() }));
        }
        history.push_str(&format!(" {} # buildkit", copying.transfer.dest));
        let ignore_cache = self.stages.all[id].ignore_cache;
        if copying.link && chmod.is_none() {
            let op = Op::File { base: None, actions };
            let upper = Vertex { op, name: name.clone(), ignore_cache, ..vertex_of(command) };
            self.out.steps[command.step].vertex = Some(name);
            let upper = self.add(upper);
            self.stages.all[id].cmd_index -= 1;
            let name = prefix(&mut self.stages.all[id], &format!("LINK {text}"));
            let op = Op::Merge { base: state.at, upper };
            self.put(state, command, Vertex { op, name, ignore_cache, ..vertex_of(command) });
        } else {
            let op = Op::File { base: state.at, actions };
            self.put(state, command, Vertex { op, name, ignore_cache, ..vertex_of(command) });
        }
        state.record(&history, false);
        Ok(())
    }

    /// A here-document as a file in a filesystem of its own.
    pub(super) fn inline(&mut self, step: usize, file: &InlineFile, mode: u32) -> Input {
        let path = AbsPath::new(&file.name);
        let action = Action::Mkfile { path, mode, data: Arc::from(file.data.as_str()) };
        let op = Op::File { base: None, actions: vec![action] };
        Some(self.add_internal(op, "preparing inline document", step))
    }

    fn download(
        &mut self,
        command: &StageCommand,
        name: &str,
        copying: &Copying,
        url: &str,
        template: &CopyAction,
    ) -> Result<CopyAction, String> {
        if copying.keyword == "COPY" {
            return Err("source can't be a URL for COPY".to_owned());
        }
        let checksum = copying.checksum.clone().filter(|text| !text.is_empty());
        if let Some(checksum) = &checksum {
            check_digest(checksum)?;
        }
        let file_name = file_name_of(url);
        let op = Op::Http { url: url.to_owned(), file_name: file_name.clone(), checksum };
        let vertex = Vertex { op, name: name.to_owned(), lines: None, ..vertex_of(command) };
        let from = Some(self.add(vertex));
        let unpack = copying.unpack == Some(true);
        let source = format!("/{file_name}");
        Ok(CopyAction { from, source, unpack, ..template.clone() })
    }
}

/// A source in a context, a stage or an image.
fn local(copying: &Copying, source: &str, template: CopyAction) -> CopyAction {
    let mut action = CopyAction { local: true, ..template };
    action.unpack = copying.unpack.unwrap_or(copying.keyword == "ADD");
    if !copying.parents {
        action.source = normalized(source);
        return action;
    }
    // What stands before /./ is where the paths that are kept begin.
    let (base, pattern) = source.split_once("/./").unwrap_or(("/", source));
    let pattern = normalized(pattern);
    action.source = normalized(base);
    if !has_wildcard(base.as_bytes()) && !has_wildcard(pattern.as_bytes()) {
        action.required = vec![AbsPath::new(base).join(&pattern[1..]).to_string()];
    }
    action.include = vec![pattern[1..].to_owned()];
    action
}

/// The path from the root, without `.`, `..` and a final slash (`system.NormalizePath`).
fn normalized(path: &str) -> String {
    AbsPath::new(path).to_string()
}

/// The destination as an absolute path that keeps its final slash; `.` and nothing are the working
/// directory (`pathRelativeToWorkingDir` in `dockerfile2llb/convert.go`).
fn destination(cwd: &str, dest: &str) -> String {
    let path = AbsPath::new(cwd).join(dest);
    let is_dir = dest.is_empty() || dest.ends_with('/') || dest == "." || dest.ends_with("/.");
    match path.to_string() {
        root if root == "/" => root,
        path if is_dir => path + "/",
        path => path,
    }
}

enum Remote {
    No,
    Http,
    Git,
}

/// Whether a source is a repository, a file on the network, or a path (`dfgitutil.ParseGitRef`).
fn remote(source: &str) -> Remote {
    let before_fragment = source.split(['#', '?']).next().unwrap_or(source);
    let is_http = source.starts_with("http://") || source.starts_with("https://");
    let is_repository = before_fragment.ends_with(".git");
    let scp = source.starts_with("git@") && source.contains(':');
    if scp || source.starts_with("git://") || source.starts_with("ssh://") {
        Remote::Git
    } else if is_http {
        if is_repository { Remote::Git } else { Remote::Http }
    } else if source.starts_with("github.com/") && is_repository {
        Remote::Git
    } else {
        Remote::No
    }
}

fn git(copying: &Copying, source: &str) -> String {
    if copying.keyword == "COPY" {
        return "source can't be a git ref for COPY".to_owned();
    }
    let asks = source.split_once("keep-git-dir=").map(|(_, value)| value.starts_with(['1', 't']));
    if let (Some(flag), Some(asked)) = (copying.keep_git_dir, asks)
        && flag != asked
    {
        return "inconsistent keep-git-dir configuration".to_owned();
    }
    format!(
        "not supported here: ADD {source}, because git repositories cannot be fetched here; put the \
         files into the build context and COPY them"
    )
}

fn check_checksum(copying: &Copying) -> Result<(), String> {
    if copying.checksum.as_ref().is_none_or(String::is_empty) {
        return Ok(());
    }
    match copying.transfer.sources.as_slice() {
        [source] if !matches!(remote(source), Remote::No) => Ok(()),
        [_] => Err("checksum requires HTTP(S) or Git sources".to_owned()),
        _ => Err("checksum can't be specified for multiple sources".to_owned()),
    }
}

/// What opencontainers/go-digest says of a text that is no digest.
fn check_digest(text: &str) -> Result<(), String> {
    let Some((algorithm, hex)) = text.split_once(':') else {
        return Err("invalid checksum digest format".to_owned());
    };
    let len = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return Err("unsupported digest algorithm".to_owned()),
    };
    if hex.len() != len {
        return Err("invalid checksum digest length".to_owned());
    }
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if hex.bytes().all(is_hex) { Ok(()) } else { Err("invalid checksum digest format".to_owned()) }
}

/// The name that a download gets: the last part of the URL's path.
fn file_name_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split(['#', '?']).next().unwrap_or_default();
    let path = path.split_once('/').map_or("", |(_, path)| path);
    match path.rsplit('/').find(|part| !part.is_empty()) {
        Some(name) if name != "." && name != ".." => name.to_owned(),
        _ => "__unnamed__".to_owned(),
    }
}
