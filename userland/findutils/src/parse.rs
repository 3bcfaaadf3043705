//! The expression of `find`.

use crate::printf::Piece;
use crate::test::{Compare, PermTest, Test};
use guest::accounts::Database;
use guest::{bytes, os};
use regex_posix::{Regex, Syntax};
use std::ffi::OsString;

/// What is asked of a file, and done with it.
pub enum Expr {
    /// A question.
    Test(Test),
    /// Something to do; its answer is whether it went well.
    Action(Action),
    /// `!`
    Not(Box<Expr>),
    /// One after the other while they are true.
    And(Box<Expr>, Box<Expr>),
    /// The second if the first is false.
    Or(Box<Expr>, Box<Expr>),
    /// Both; the answer is the second's.
    Comma(Box<Expr>, Box<Expr>),
}

/// Where an action writes: standard output, or the file of this number in [`Command::files`].
pub type Sink = Option<usize>;

/// Something to do with a file.
pub enum Action {
    /// `-print`, with what ends a name.
    Print(u8, Sink),
    /// `-printf`
    Printf(Vec<Piece>, Sink),
    /// `-ls`
    Ls(Sink),
    /// `-exec` and `-execdir` (`true`), once for each file.
    Exec(Vec<OsString>, bool),
    /// `-exec ... +`: the number of the collection in [`Command::batches`].
    Batch(usize),
    /// `-delete`
    Delete,
    /// `-prune`
    Prune,
    /// `-quit`
    Quit,
}

/// A command that gets many names at once.
pub struct Batch {
    /// The command and its first arguments.
    pub command: Vec<OsString>,
    /// Whether it runs in the directory of the files.
    pub in_dir: bool,
    /// The names that wait.
    pub names: Vec<OsString>,
}

/// What `find` was asked for.
pub struct Command {
    /// Where it begins.
    pub starts: Vec<OsString>,
    /// The expression.
    pub expr: Expr,
    /// `-L`: links are followed; `-H`: those that are operands.
    pub follow: (bool, bool),
    /// Least and greatest depth.
    pub depths: (usize, usize),
    /// A directory's content comes before it.
    pub depth_first: bool,
    /// Stay on one filesystem.
    pub one_filesystem: bool,
    /// The files that actions write to.
    pub files: Vec<std::fs::File>,
    /// The commands that get many names.
    pub batches: Vec<Batch>,
}

struct Parser {
    args: std::iter::Peekable<std::vec::IntoIter<OsString>>,
    command: Command,
    acts: bool,
    open: usize,
    /// `-daystart`
    from_day_start: bool,
}

/// Reads a command line.
pub fn command(args: Vec<OsString>) -> Command {
    let mut parser = Parser {
        args: args.into_iter().peekable(),
        command: Command {
            starts: Vec::new(),
            expr: Expr::Test(Test::Constant(true)),
            follow: (false, false),
            depths: (0, usize::MAX),
            depth_first: false,
            one_filesystem: false,
            files: Vec::new(),
            batches: Vec::new(),
        },
        acts: false,
        open: 0,
        from_day_start: false,
    };
    while let Some(arg) = parser.args.next_if(|arg| arg == "-H" || arg == "-L" || arg == "-P") {
        parser.command.follow = (arg == "-L", arg == "-H");
    }
    let begins_expr = |arg: &OsString| {
        let text = bytes(arg);
        (text.starts_with(b"-") && text.len() > 1) || matches!(text, b"!" | b"(" | b")" | b",")
    };
    while let Some(start) = parser.args.next_if(|arg| !begins_expr(arg)) {
        parser.command.starts.push(start);
    }
    if parser.command.starts.is_empty() {
        parser.command.starts.push(".".into());
    }
    if parser.args.peek().is_some() {
        parser.command.expr = parser.comma();
        if let Some(extra) = parser.args.next() {
            if extra == ")" {
                guest::fail(
                    "invalid expression; you have used a binary operator '(' with nothing before it.",
                );
            }
            if !begins_expr(&extra) {
                let shown = extra.to_string_lossy().into_owned();
                guest::warn(format!("paths must precede expression: `{shown}'"));
                guest::exit(1);
            }
        }
    }
    let mut command = parser.command;
    if !parser.acts {
        let expr = std::mem::replace(&mut command.expr, Expr::Test(Test::Constant(true)));
        let print = Expr::Action(Action::Print(b'\n', None));
        command.expr = Expr::And(Box::new(expr), Box::new(print));
    }
    command
}

impl Parser {
    fn is(&mut self, words: &[&str]) -> bool {
        self.args.next_if(|arg| words.iter().any(|word| arg == word)).is_some()
    }

    fn comma(&mut self) -> Expr {
        let mut left = self.or();
        while self.is(&[","]) {
            left = Expr::Comma(Box::new(left), Box::new(self.or()));
        }
        left
    }

    fn or(&mut self) -> Expr {
        let mut left = self.and();
        while self.is(&["-o", "-or"]) {
            if self.args.peek().is_none() {
                guest::fail("expected an expression after '-o'");
            }
            left = Expr::Or(Box::new(left), Box::new(self.and()));
        }
        left
    }

    fn and(&mut self) -> Expr {
        let mut left = self.not();
        loop {
            if self.is(&["-a", "-and"]) {
                if self.args.peek().is_none() {
                    guest::fail("expected an expression after '-a'");
                }
            } else {
                match self.args.peek() {
                    None => return left,
                    Some(arg) if arg == "-o" || arg == "-or" || arg == "," => return left,
                    Some(arg) if arg == ")" && self.open > 0 => return left,
                    Some(_) => {}
                }
            }
            left = Expr::And(Box::new(left), Box::new(self.not()));
        }
    }

    fn not(&mut self) -> Expr {
        if self.is(&["!", "-not"]) {
            if self.args.peek().is_none() {
                guest::fail("expected an expression after '!'");
            }
            return Expr::Not(Box::new(self.not()));
        }
        if self.is(&["("]) {
            if self.is(&[")"]) {
                guest::fail("invalid expression; empty parentheses are not allowed.");
            }
            self.open += 1;
            let inner = self.comma();
            self.open -= 1;
            if !self.is(&[")"]) {
                guest::fail(
                    "invalid expression; I was expecting to find a ')' somewhere but did not see one.",
                );
            }
            return inner;
        }
        self.primary()
    }

    fn value(&mut self, name: &str) -> OsString {
        self.args.next().unwrap_or_else(|| guest::fail(format!("missing argument to `{name}'")))
    }

    fn text(&mut self, name: &str) -> String {
        self.value(name).to_string_lossy().into_owned()
    }

    fn number(&mut self, name: &str) -> (Compare, i64) {
        let text = self.text(name);
        match compare(&text) {
            Some(found) => found,
            None => guest::fail(format!("invalid argument `{text}' to `{name}'")),
        }
    }

    fn sink(&mut self, name: &str) -> Sink {
        let path = self.value(name);
        match std::fs::File::create(&path) {
            Ok(file) => {
                self.command.files.push(file);
                Some(self.command.files.len() - 1)
            }
            Err(error) => {
                guest::fail(format!("‘{}’: {}", path.to_string_lossy(), guest::strerror(&error)))
            }
        }
    }

    fn primary(&mut self) -> Expr {
        let Some(arg) = self.args.next() else { return Expr::Test(Test::Constant(true)) };
        let name = arg.to_string_lossy().into_owned();
        if let Some(action) = self.action(&name) {
            self.acts |= !matches!(action, Action::Prune);
            return Expr::Action(action);
        }
        Expr::Test(self.test(&name))
    }

    fn action(&mut self, name: &str) -> Option<Action> {
        Some(match name {
            "-print" => Action::Print(b'\n', None),
            "-print0" => Action::Print(0, None),
            "-fprint" => Action::Print(b'\n', self.sink(name)),
            "-fprint0" => Action::Print(0, self.sink(name)),
            "-printf" => Action::Printf(crate::printf::parse(bytes(&self.value(name))), None),
            "-fprintf" => {
                let sink = self.sink(name);
                Action::Printf(crate::printf::parse(bytes(&self.value(name))), sink)
            }
            "-ls" => Action::Ls(None),
            "-fls" => Action::Ls(self.sink(name)),
            "-delete" => {
                self.command.depth_first = true;
                Action::Delete
            }
            "-prune" => Action::Prune,
            "-quit" => Action::Quit,
            "-exec" | "-execdir" => self.exec(name),
            "-ok" | "-okdir" => {
                guest::fail(format!("not supported here: {name}, because there is nobody to ask"))
            }
            _ => return None,
        })
    }

    fn exec(&mut self, name: &str) -> Action {
        let in_dir = name == "-execdir";
        let mut words: Vec<OsString> = Vec::new();
        loop {
            let Some(word) = self.args.next() else {
                guest::fail(format!("missing argument to `{name}'"))
            };
            if word == ";" {
                break;
            }
            if word == "+" && words.last().is_some_and(|last| last == "{}") {
                words.pop();
                if words.is_empty() {
                    guest::fail(format!("invalid argument `+' to `{name}'"));
                }
                self.command.batches.push(Batch { command: words, in_dir, names: Vec::new() });
                return Action::Batch(self.command.batches.len() - 1);
            }
            words.push(word);
        }
        if words.is_empty() {
            guest::fail(format!("invalid argument `;' to `{name}'"));
        }
        Action::Exec(words, in_dir)
    }

    fn test(&mut self, name: &str) -> Test {
        match name {
            "-true" => Test::Constant(true),
            "-false" => Test::Constant(false),
            "-depth" | "-d" => {
                self.command.depth_first = true;
                Test::Constant(true)
            }
            "-daystart" => {
                self.from_day_start = true;
                Test::Constant(true)
            }
            "-follow" => {
                self.command.follow.0 = true;
                Test::Constant(true)
            }
            "-mount" | "-xdev" => {
                self.command.one_filesystem = true;
                Test::Constant(true)
            }
            "-noleaf" | "-warn" | "-nowarn" | "-ignore_readdir_race" | "-noignore_readdir_race" => {
                Test::Constant(true)
            }
            "-regextype" => {
                self.value(name);
                Test::Constant(true)
            }
            "-maxdepth" | "-mindepth" => {
                let text = self.text(name);
                let Ok(depth) = text.parse() else {
                    guest::fail(format!(
                        "Expected a positive decimal integer argument to {name}, but got ‘{text}’"
                    ))
                };
                if name == "-maxdepth" {
                    self.command.depths.1 = depth;
                } else {
                    self.command.depths.0 = depth;
                }
                Test::Constant(true)
            }
            "-name" | "-iname" => Test::Name(self.pattern(name), name == "-iname"),
            "-path" | "-wholename" | "-ipath" | "-iwholename" => {
                Test::Path(self.pattern(name), name.starts_with("-i"))
            }
            "-lname" | "-ilname" => Test::LinkName(self.pattern(name), name == "-ilname"),
            "-regex" | "-iregex" => {
                let text = bytes(&self.value(name)).to_vec();
                let syntax =
                    Syntax { ignore_case: name == "-iregex", utf8: true, ..Syntax::default() };
                // Emacs' syntax, find's default, has `+` and `?` as they are in an extended one.
                match Regex::new(&emacs(&text), syntax) {
                    Ok(regex) => Test::Regex(regex),
                    Err(error) => guest::fail(format!(
                        "failed to compile regular expression '{}': {error}",
                        String::from_utf8_lossy(&text)
                    )),
                }
            }
            "-type" | "-xtype" => {
                let text = self.text(name);
                let letters: Vec<char> =
                    text.split(',').filter_map(|part| part.chars().next()).collect();
                if letters.is_empty() || text.split(',').any(|part| part.len() != 1) {
                    guest::fail(format!("Arguments to {name} should contain only one letter"));
                }
                if let Some(bad) = letters.iter().find(|letter| !"bcdpfls".contains(**letter)) {
                    guest::fail(format!("Unknown argument to {name}: {bad}"));
                }
                Test::Type(letters, name == "-xtype")
            }
            "-empty" => Test::Empty,
            "-size" => {
                let text = self.text(name);
                let (digits, unit) = match text.chars().last() {
                    Some('c') => (&text[..text.len() - 1], 1),
                    Some('w') => (&text[..text.len() - 1], 2),
                    Some('b') => (&text[..text.len() - 1], 512),
                    Some('k') => (&text[..text.len() - 1], 1 << 10),
                    Some('M') => (&text[..text.len() - 1], 1 << 20),
                    Some('G') => (&text[..text.len() - 1], 1 << 30),
                    _ => (text.as_str(), 512),
                };
                match compare(digits) {
                    Some((compare, count)) => Test::Size(compare, count, unit),
                    None => guest::fail(format!("Invalid argument `{text}' to -size")),
                }
            }
            "-mtime" | "-atime" | "-ctime" | "-mmin" | "-amin" | "-cmin" => {
                let (compare, count) = self.number(name);
                let unit = if name.ends_with("min") { 60 } else { 86_400 };
                Test::Age(name.as_bytes()[1], compare, count, unit, self.from_day_start)
            }
            "-newer" | "-anewer" | "-cnewer" => {
                let path = self.value(name);
                let letter = if name == "-newer" { b'm' } else { name.as_bytes()[1] };
                Test::Newer(letter, self.time_of(&path, b'm'))
            }
            _ if name.starts_with("-newer") && name.len() == 8 => {
                let (letter, other) = (name.as_bytes()[6], name.as_bytes()[7]);
                let path = self.value(name);
                if other == b't' {
                    guest::fail(format!(
                        "not supported here: {name}, because only files give times"
                    ));
                }
                Test::Newer(letter, self.time_of(&path, other))
            }
            "-perm" => {
                let text = self.text(name);
                let (kind, mode) = match text.as_bytes() {
                    [b'-', rest @ ..] => (PermTest::All, rest),
                    [b'/', rest @ ..] => (PermTest::Any, rest),
                    rest => (PermTest::Exactly, rest),
                };
                match guest::mode::parse(&String::from_utf8_lossy(mode)) {
                    Some(change) => Test::Perm(kind, change.apply(0, false, 0)),
                    None => guest::fail(format!("invalid mode ‘{text}’")),
                }
            }
            "-readable" => Test::Access(4),
            "-writable" => Test::Access(2),
            "-executable" => Test::Access(1),
            "-user" | "-group" => {
                let text = self.text(name);
                let database = if name == "-user" { Database::Users } else { Database::Groups };
                match guest::accounts::id_of(database, &text) {
                    Some(id) => Test::Owner(name == "-user", Compare::Exactly, id),
                    None if name == "-user" => {
                        guest::fail(format!("‘{text}’ is not the name of a known user"))
                    }
                    None => guest::fail(format!("‘{text}’ is not the name of an existing group")),
                }
            }
            "-uid" | "-gid" => {
                let (compare, id) = self.number(name);
                Test::Owner(name == "-uid", compare, id as u32)
            }
            "-nouser" => Test::NoOwner(true),
            "-nogroup" => Test::NoOwner(false),
            "-links" => {
                let (compare, count) = self.number(name);
                Test::Links(compare, count)
            }
            "-inum" => {
                let (compare, count) = self.number(name);
                Test::Inode(compare, count)
            }
            "-samefile" => {
                let path = self.value(name);
                match guest::stat(&path, true) {
                    Ok(stat) => Test::SameFile(stat.dev, stat.ino),
                    Err(error) => self.missing(&path, &error),
                }
            }
            _ if name.starts_with('-') => guest::fail(format!("unknown predicate `{name}'")),
            ")" => guest::fail("invalid expression; you have too many ')'"),
            _ => {
                guest::warn(format!("paths must precede expression: `{name}'"));
                guest::exit(1)
            }
        }
    }

    fn missing(&self, path: &OsString, error: &std::io::Error) -> ! {
        guest::fail(format!("‘{}’: {}", path.to_string_lossy(), guest::strerror(error)))
    }

    fn time_of(&self, path: &OsString, letter: u8) -> i64 {
        match guest::stat(path, true) {
            Ok(stat) => match letter {
                b'a' => stat.atime,
                b'c' => stat.ctime,
                _ => stat.mtime,
            },
            Err(error) => self.missing(path, &error),
        }
    }

    fn pattern(&mut self, name: &str) -> Vec<u8> {
        bytes(&self.value(name)).to_vec()
    }
}

/// `+n`, `-n` or `n`.
fn compare(text: &str) -> Option<(Compare, i64)> {
    let (compare, digits) = match text.as_bytes().first()? {
        b'+' => (Compare::More, &text[1..]),
        b'-' => (Compare::Less, &text[1..]),
        _ => (Compare::Exactly, text),
    };
    Some((compare, digits.parse().ok()?))
}

/// Emacs' regular expressions in basic ones: `+` and `?` repeat without a backslash.
fn emacs(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut chars = text.iter().peekable();
    let mut in_set = false;
    while let Some(&c) = chars.next() {
        match c {
            b'[' if !in_set => {
                in_set = true;
                out.push(c);
                if let Some(first) = chars.next_if(|c| matches!(c, b']' | b'^')) {
                    out.push(*first);
                }
            }
            b']' if in_set => {
                in_set = false;
                out.push(c);
            }
            b'+' | b'?' if !in_set => out.extend([b'\\', c]),
            b'\\' if !in_set => {
                out.push(c);
                out.extend(chars.next());
            }
            c => out.push(c),
        }
    }
    out
}

/// The arguments of a command with `{}` replaced.
pub fn with_name(words: &[OsString], name: &OsString) -> Vec<OsString> {
    words
        .iter()
        .map(|word| {
            let text = bytes(word);
            let mut out = Vec::new();
            let mut at = 0;
            while at < text.len() {
                if text[at..].starts_with(b"{}") {
                    out.extend(bytes(name));
                    at += 2;
                } else {
                    out.push(text[at]);
                    at += 1;
                }
            }
            os(out)
        })
        .collect()
}
