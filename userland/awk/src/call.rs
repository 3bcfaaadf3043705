//! The functions of the language.

use crate::ast::{Builtin, Expr, Place, Var};
use crate::record;
use crate::run::{Machine, RLENGTH, RSTART};
use crate::value::Value;
use guest::civil::{self, Civil};

impl Machine {
    /// Calls a function of the language.
    pub fn builtin(&mut self, builtin: Builtin, list: &[Expr]) -> Value {
        match builtin {
            Builtin::Length => self.length(list),
            Builtin::Substr => self.substr(list),
            Builtin::Index => {
                let text = self.eval_text(&list[0]);
                let part = self.eval_text(&list[1]);
                let found = if part.is_empty() {
                    Some(0)
                } else {
                    text.windows(part.len()).position(|window| window == &*part).map(|at| at + 1)
                };
                Value::Number(found.unwrap_or(0) as f64)
            }
            Builtin::Split => self.split(list),
            Builtin::Sub => self.substitute(list, false),
            Builtin::Gsub => self.substitute(list, true),
            Builtin::Match => {
                let text = self.eval_text(&list[0]);
                let found = self.regex(&list[1]).find(&text, 0).ok().flatten();
                let (start, len) =
                    found.map_or((0.0, -1.0), |(from, to)| (from as f64 + 1.0, (to - from) as f64));
                self.set_var(Var::Global(RSTART), Value::Number(start));
                self.set_var(Var::Global(RLENGTH), Value::Number(len));
                Value::Number(start)
            }
            Builtin::Sprintf => {
                let values: Vec<Value> = list.iter().map(|expr| self.eval(expr)).collect();
                Value::text(self.sprintf(&values, "sprintf"))
            }
            Builtin::Toupper => Value::text(self.eval_text(&list[0]).to_ascii_uppercase()),
            Builtin::Tolower => Value::text(self.eval_text(&list[0]).to_ascii_lowercase()),
            Builtin::System => {
                let command = self.eval_text(&list[0]);
                Value::Number(self.streams.system(&command).into())
            }
            Builtin::Close => {
                let name = self.eval_text(&list[0]);
                Value::Number(self.streams.close(&name).into())
            }
            Builtin::Fflush => {
                let name = list.first().map(|expr| self.eval_text(expr));
                let found = self.streams.flush(name.as_deref().filter(|name| !name.is_empty()));
                Value::Number(if found { 0.0 } else { -1.0 })
            }
            Builtin::Rand => {
                // SplitMix64: the sequence is the same everywhere.
                self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut word = self.random;
                word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                word ^= word >> 31;
                Value::Number((word >> 11) as f64 / (1u64 << 53) as f64)
            }
            Builtin::Srand => {
                let seed = match list.first() {
                    Some(expr) => self.eval(expr),
                    None => Value::Number((civil::now() / 1_000_000_000) as f64),
                };
                self.random = seed.number().to_bits();
                std::mem::replace(&mut self.seed, seed)
            }
            Builtin::Systime => Value::Number((civil::now() / 1_000_000_000) as f64),
            Builtin::Mktime => {
                let text = self.eval_text(&list[0]);
                let text = String::from_utf8_lossy(&text).into_owned();
                let parts: Vec<i64> =
                    text.split_whitespace().map(|part| part.parse().unwrap_or(0)).collect();
                let [year, month, day, hour, minute, second, ..] = parts.as_slice() else {
                    return Value::Number(-1.0);
                };
                // Months beyond December are those of the years that follow.
                let months = year * 12 + month - 1;
                let (year, month) = (months.div_euclid(12), months.rem_euclid(12) as u32 + 1);
                let days = civil::days_from_civil(year, month, 1) + day - 1;
                Value::Number((days * 86_400 + hour * 3600 + minute * 60 + second) as f64)
            }
            Builtin::Strftime => {
                let format = match list.first() {
                    Some(expr) => self.eval_text(expr),
                    None => b"%c".as_slice().into(),
                };
                let seconds = match list.get(1) {
                    Some(expr) => self.eval(expr).number() as i64,
                    None => civil::now() / 1_000_000_000,
                };
                let time = Civil::from_nanos(seconds.saturating_mul(1_000_000_000));
                Value::text(time.format(&String::from_utf8_lossy(&format)))
            }
            Builtin::Atan2 => {
                let y = self.eval(&list[0]).number();
                Value::Number(y.atan2(self.eval(&list[1]).number()))
            }
            Builtin::Cos
            | Builtin::Sin
            | Builtin::Exp
            | Builtin::Log
            | Builtin::Sqrt
            | Builtin::Int => {
                let number = self.eval(&list[0]).number();
                Value::Number(match builtin {
                    Builtin::Cos => number.cos(),
                    Builtin::Sin => number.sin(),
                    Builtin::Exp => number.exp(),
                    Builtin::Log => number.ln(),
                    Builtin::Sqrt => number.sqrt(),
                    _ => number.trunc(),
                })
            }
        }
    }

    fn length(&mut self, list: &[Expr]) -> Value {
        let len = match list.first() {
            None => self.whole().len(),
            Some(Expr::Get(Place::Var(var))) if self.is_array(*var) => {
                self.array(*var).borrow().len()
            }
            Some(expr) => self.eval_text(expr).len(),
        };
        Value::Number(len as f64)
    }

    /// The characters from `first` on, as many as `count`. As in mawk 1.3.4 both are cut to whole
    /// numbers, and a start before the text makes the count larger by what it lies below 0.
    fn substr(&mut self, list: &[Expr]) -> Value {
        let text = self.eval_text(&list[0]);
        let mut first = self.eval(&list[1]).number().trunc();
        let count = list.get(2).map_or(f64::INFINITY, |expr| self.eval(expr).number());
        let mut count = count.trunc();
        if first.is_nan() || count.is_nan() {
            return Value::text("");
        }
        if first < 1.0 {
            count -= first;
            first = 1.0;
        }
        let from = (first - 1.0).min(text.len() as f64) as usize;
        let to = (first - 1.0 + count).clamp(0.0, text.len() as f64) as usize;
        Value::text(text.get(from..to).unwrap_or_default())
    }

    fn split(&mut self, list: &[Expr]) -> Value {
        let text = self.eval_text(&list[0]);
        let Expr::Get(Place::Var(var)) = list[1] else {
            self.fatal("the second argument of split is no array")
        };
        let separator = match list.get(2) {
            None => {
                let text = self.special(crate::run::FS);
                self.field_separator(&text)
            }
            Some(Expr::Pattern(regex)) => record::FieldSeparator::Pattern(regex.clone()),
            Some(expr) => {
                let text = self.eval_text(expr);
                self.field_separator(&text)
            }
        };
        let parts = record::split(&text, &separator, false);
        let array = self.array(var);
        let mut array = array.borrow_mut();
        array.clear();
        for (at, part) in parts.iter().enumerate() {
            *array.get((at + 1).to_string().as_bytes()) = Value::input(part);
        }
        Value::Number(parts.len() as f64)
    }

    fn substitute(&mut self, list: &[Expr], all: bool) -> Value {
        let regex = self.regex(&list[0]);
        let replacement = self.eval_text(&list[1]);
        let record = Place::Field(Box::new(Expr::Number(0.0)));
        let place = match list.get(2) {
            None => &record,
            Some(Expr::Get(place)) => place,
            Some(Expr::Group(inner)) => match &**inner {
                Expr::Get(place) => place,
                _ => self.fatal("the third argument of a substitution cannot be assigned to"),
            },
            Some(_) => self.fatal("the third argument of a substitution cannot be assigned to"),
        };
        let text = self.eval_text(&Expr::Get(place.clone()));
        let (mut out, mut at, mut count) = (Vec::new(), 0, 0);
        // Where the last match ended: an empty one right there does not count.
        let mut ended = None;
        while let Ok(Some((start, end))) = regex.find(&text, at) {
            if start == end && ended == Some(start) {
                if start >= text.len() {
                    break;
                }
                out.push(text[start]);
                at = start + 1;
                ended = None;
                continue;
            }
            out.extend(&text[at..start]);
            replace(&replacement, &text[start..end], &mut out);
            count += 1;
            at = end;
            ended = Some(end);
            if !all {
                break;
            }
            if start == end {
                if start >= text.len() {
                    break;
                }
                out.push(text[start]);
                at = start + 1;
                ended = None;
            }
        }
        out.extend(&text[at.min(text.len())..]);
        if count > 0 {
            self.set(place, Value::text(out));
        }
        Value::Number(f64::from(count))
    }
}

/// `&` is what matched, `\&` an ampersand.
fn replace(replacement: &[u8], matched: &[u8], out: &mut Vec<u8>) {
    let mut chars = replacement.iter().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            (b'\\', Some(b'&' | b'\\')) => out.extend(chars.next()),
            (b'&', _) => out.extend(matched),
            _ => out.push(*c),
        }
    }
}
