//! `set -o` and `shopt`.

use crate::Personality;

macro_rules! options {
    ($($field:ident $name:literal $letter:literal $doc:literal,)*) => {
        /// The options of `set`.
        #[derive(Clone, Copy, Debug, Default)]
        pub(crate) struct Options {
            $(#[doc = $doc] pub $field: bool,)*
            /// What `shopt` switches.
            pub shopt: Shopt,
        }

        impl Options {
            /// (name, letter or 0, state) in the order the shells list them.
            pub fn list(&self) -> Vec<(&'static str, u8, bool)> {
                vec![$(($name, $letter, self.$field),)*]
            }

            fn slot(&mut self, name: &str) -> Option<&mut bool> {
                match name {
                    $($name => Some(&mut self.$field),)*
                    _ => None,
                }
            }
        }
    };
}

options! {
    errexit "errexit" b'e' "Exit when a command fails.",
    noglob "noglob" b'f' "No pathname expansion.",
    ignoreeof "ignoreeof" b'I' "Only kept.",
    interactive "interactive" b'i' "Only kept.",
    monitor "monitor" b'm' "Only kept.",
    noexec "noexec" b'n' "Read commands, run none.",
    stdin "stdin" b's' "Commands come from standard input.",
    xtrace "xtrace" b'x' "Print commands before they run.",
    verbose "verbose" b'v' "Only kept.",
    vi "vi" b'V' "Only kept.",
    emacs "emacs" b'E' "Only kept.",
    noclobber "noclobber" b'C' "`>` does not overwrite.",
    allexport "allexport" b'a' "Every assignment exports.",
    notify "notify" b'b' "Only kept.",
    nounset "nounset" b'u' "An unset variable is an error.",
    privileged "privileged" b'p' "Only kept.",
    nolog "nolog" 0 "Only kept.",
    debug "debug" 0 "Only kept.",
    braceexpand "braceexpand" b'B' "Only kept.",
    errtrace "errtrace" b'E' "Functions inherit the ERR trap.",
    functrace "functrace" b'T' "Only kept.",
    hashall "hashall" b'h' "Only kept.",
    histexpand "histexpand" b'H' "Only kept.",
    history "history" 0 "Only kept.",
    interactive_comments "interactive-comments" 0 "Only kept.",
    keyword "keyword" b'k' "Only kept.",
    onecmd "onecmd" b't' "Only kept.",
    physical "physical" b'P' "`cd` follows links.",
    pipefail "pipefail" 0 "A pipeline fails with any of its stages.",
    posix "posix" 0 "Only kept.",
}

/// What `shopt` switches and the interpreter heeds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shopt {
    pub dotglob: bool,
    pub extglob: bool,
    pub expand_aliases: bool,
    pub failglob: bool,
    pub globstar: bool,
    pub inherit_errexit: bool,
    pub lastpipe: bool,
    pub nocaseglob: bool,
    pub nocasematch: bool,
    pub nullglob: bool,
    pub xpg_echo: bool,
}

impl Shopt {
    pub const NAMES: [&'static str; 11] = [
        "dotglob",
        "expand_aliases",
        "extglob",
        "failglob",
        "globstar",
        "inherit_errexit",
        "lastpipe",
        "nocaseglob",
        "nocasematch",
        "nullglob",
        "xpg_echo",
    ];

    /// Options that exist but change nothing here, with their defaults.
    pub const INERT: [(&'static str, bool); 20] = [
        ("autocd", false),
        ("cdable_vars", false),
        ("cdspell", false),
        ("checkhash", false),
        ("checkjobs", false),
        ("checkwinsize", true),
        ("cmdhist", true),
        ("complete_fullquote", true),
        ("direxpand", false),
        ("execfail", false),
        ("extquote", true),
        ("force_fignore", true),
        ("globasciiranges", true),
        ("histappend", false),
        ("hostcomplete", true),
        ("interactive_comments", true),
        ("mailwarn", false),
        ("progcomp", true),
        ("promptvars", true),
        ("sourcepath", true),
    ];

    pub fn slot(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "dotglob" => &mut self.dotglob,
            "expand_aliases" => &mut self.expand_aliases,
            "extglob" => &mut self.extglob,
            "failglob" => &mut self.failglob,
            "globstar" => &mut self.globstar,
            "inherit_errexit" => &mut self.inherit_errexit,
            "lastpipe" => &mut self.lastpipe,
            "nocaseglob" => &mut self.nocaseglob,
            "nocasematch" => &mut self.nocasematch,
            "nullglob" => &mut self.nullglob,
            "xpg_echo" => &mut self.xpg_echo,
            _ => return None,
        })
    }
}

impl Options {
    pub fn new(personality: Personality) -> Self {
        let bash = personality == Personality::Bash;
        Self { braceexpand: bash, hashall: bash, interactive_comments: bash, ..Self::default() }
    }

    /// Whether this shell has the option.
    fn known(personality: Personality, name: &str) -> bool {
        match personality {
            Personality::Dash => matches!(
                name,
                "errexit"
                    | "noglob"
                    | "ignoreeof"
                    | "interactive"
                    | "monitor"
                    | "noexec"
                    | "stdin"
                    | "xtrace"
                    | "verbose"
                    | "vi"
                    | "emacs"
                    | "noclobber"
                    | "allexport"
                    | "notify"
                    | "nounset"
                    | "privileged"
                    | "nolog"
                    | "debug"
            ),
            Personality::Ash => matches!(
                name,
                "errexit"
                    | "noglob"
                    | "ignoreeof"
                    | "interactive"
                    | "monitor"
                    | "noexec"
                    | "stdin"
                    | "xtrace"
                    | "verbose"
                    | "vi"
                    | "noclobber"
                    | "allexport"
                    | "notify"
                    | "nounset"
                    | "pipefail"
            ),
            Personality::Bash => !matches!(name, "stdin" | "interactive" | "nolog_dash" | "debug"),
        }
    }

    /// Sets an option by name; false if the shell has none of that name.
    pub fn set(&mut self, personality: Personality, name: &str, on: bool) -> bool {
        if !Self::known(personality, name) {
            return false;
        }
        self.slot(name).map(|slot| *slot = on).is_some()
    }

    /// Sets an option by letter; false if the shell has none.
    pub fn set_letter(&mut self, personality: Personality, letter: u8, on: bool) -> bool {
        let bash = personality == Personality::Bash;
        let name = self.list().into_iter().find(|(name, l, _)| {
            *l == letter
                && *l != 0
                && if letter == b'E' { (*name == "errtrace") == bash } else { true }
                && (Self::known(personality, name) || matches!(*name, "stdin" | "interactive"))
        });
        match name {
            Some((name, ..)) => self.slot(name).map(|slot| *slot = on).is_some(),
            None => false,
        }
    }

    /// (name, state) of those the shell has, as `set -o` lists them.
    pub fn named(&self, personality: Personality) -> Vec<(&'static str, bool)> {
        let mut all: Vec<_> = self
            .list()
            .into_iter()
            .filter(|(name, ..)| Self::known(personality, name))
            .map(|(name, _, on)| (name, on))
            .collect();
        if personality == Personality::Bash {
            all.sort_unstable();
        }
        all
    }

    /// `$-`.
    pub fn flags(&self, personality: Personality, command: bool) -> String {
        let bash = personality == Personality::Bash;
        let mut letters: Vec<u8> = self
            .list()
            .into_iter()
            .filter(|(name, letter, on)| {
                *on && *letter != 0
                    && (Self::known(personality, name) || matches!(*name, "stdin" | "interactive"))
            })
            .map(|(_, letter, _)| letter)
            .collect();
        if bash {
            letters.sort_by_key(|letter| b"abefhkmnptuvxBCEHPT".iter().position(|l| l == letter));
        }
        if command && personality != Personality::Dash {
            letters.push(b'c');
        }
        String::from_utf8_lossy(&letters).into_owned()
    }
}
