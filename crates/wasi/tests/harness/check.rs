//! Compares what programs answer with what is written.

use super::case::{Case, Content};
use super::generate::{self, Program};
use super::names::Kind;
use super::{render, setup};

/// Runs a case and puts what it answers in place of what was expected; says what was otherwise.
pub fn check(file: &str, case: &mut Case) -> Vec<String> {
    let name = format!("{file}: {}", case.title);
    let given = generate::program(case).and_then(|program| answers(case, &program));
    let given = match given {
        Ok(given) => given,
        Err(err) => return vec![format!("{name}: {err}")],
    };
    let mut differences = Vec::new();
    for (line, given) in case.lines.iter_mut().zip(given) {
        if line.expected != given {
            let show = |answer: &Option<String>| answer.clone().unwrap_or("nothing".to_owned());
            let (expected, now) = (show(&line.expected), show(&given));
            let text = &line.text;
            differences
                .push(format!("{name}\n  {text}\n    expected {expected}\n    given    {now}"));
            line.expected = given;
        }
    }
    if case.lines.iter().all(|line| line.expected.is_none()) {
        differences.push(format!("{name}: asks nothing"));
    }
    differences
}

/// What every line of a case that answers something answers.
fn answers(case: &Case, program: &Program) -> Result<Vec<Option<String>>, String> {
    let mut outcome = setup::run(case, program)?;
    let unanswered = vec![0xff; program.len];
    let region = outcome.answers.take().unwrap_or(unanswered);
    let lines = case.lines.iter().enumerate().map(|(number, line)| match &line.content {
        Content::Call(..) => {
            let answer = program.answers.get(&number).ok_or("a call without an answer")?;
            Ok((answer.kind != Kind::Nothing).then(|| render::answer(answer, &region)))
        }
        Content::Look(word, args) => outcome.look(word, args).map(Some),
        _ => Ok(None),
    });
    lines.collect()
}
