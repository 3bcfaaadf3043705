//! Variables and their scopes.

use std::collections::BTreeMap;
use std::rc::Rc;

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Unset,
    Scalar(Vec<u8>),
    Indexed(BTreeMap<i64, Vec<u8>>),
    Assoc(Assoc),
}

/// An associative array, in bash's own order: by hash, later entries first among equals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Assoc(Vec<(Vec<u8>, Vec<u8>)>);

impl Assoc {
    pub fn get(&self, key: &[u8]) -> Option<&Vec<u8>> {
        self.0.iter().find(|entry| entry.0 == key).map(|entry| &entry.1)
    }

    pub fn insert(&mut self, key: Vec<u8>, value: Vec<u8>) {
        match self.0.iter_mut().find(|entry| entry.0 == key) {
            Some(entry) => entry.1 = value,
            None => {
                let at = self.0.partition_point(|entry| bucket(&entry.0) < bucket(&key));
                self.0.insert(at, (key, value));
            }
        }
    }

    pub fn remove(&mut self, key: &[u8]) {
        self.0.retain(|entry| entry.0 != key);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Vec<u8>, &Vec<u8>)> {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

/// bash's `hash_string` (FNV-1) into its 1024 buckets for associative arrays.
fn bucket(key: &[u8]) -> u32 {
    let step = |hash: u32, &byte: &u8| hash.wrapping_mul(16_777_619) ^ u32::from(byte);
    key.iter().fold(2_166_136_261, step) & 1023
}

/// A variable.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    pub value: Value,
    pub exported: bool,
    pub readonly: bool,
    pub integer: bool,
    pub upper: bool,
    pub lower: bool,
    pub nameref: bool,
}

impl Var {
    pub fn unset() -> Self {
        Self {
            value: Value::Unset,
            exported: false,
            readonly: false,
            integer: false,
            upper: false,
            lower: false,
            nameref: false,
        }
    }

    pub fn scalar(value: impl Into<Vec<u8>>) -> Self {
        Self { value: Value::Scalar(value.into()), ..Self::unset() }
    }

    /// A scalar whose assignment is nothing more than that.
    pub fn is_plain(&self) -> bool {
        matches!(self.value, Value::Scalar(_))
            && !(self.readonly || self.integer || self.upper || self.lower || self.nameref)
    }

    /// What `$x` gives: of an array its element 0.
    pub fn get(&self) -> Option<&[u8]> {
        match &self.value {
            Value::Unset => None,
            Value::Scalar(value) => Some(value),
            Value::Indexed(map) => map.get(&0).map(Vec::as_slice),
            Value::Assoc(map) => map.get(b"0").map(Vec::as_slice),
        }
    }
}

/// All variables; a clone is cheap until one of the two changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vars {
    map: Rc<BTreeMap<String, Var>>,
    /// What the variables made local by the functions that run were before, the innermost last.
    scopes: Vec<Vec<(String, Option<Var>)>>,
}

impl Vars {
    pub fn get(&self, name: &str) -> Option<&Var> {
        self.map.get(name)
    }

    /// The value as text; none if unset.
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        self.map.get(name).and_then(Var::get)
    }

    pub fn entry(&mut self, name: &str) -> &mut Var {
        let map = Rc::make_mut(&mut self.map);
        if !map.contains_key(name) {
            map.insert(name.to_owned(), Var::unset());
        }
        map.entry(name.to_owned()).or_insert_with(Var::unset)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Var> {
        Rc::make_mut(&mut self.map).get_mut(name)
    }

    /// Sets a scalar whatever its attributes are.
    pub fn force(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let value = value.into();
        match self.get_mut(name) {
            Some(var) => var.value = Value::Scalar(value),
            None => *self.entry(name) = Var::scalar(value),
        }
    }

    pub fn put(&mut self, name: &str, var: Option<Var>) {
        let map = Rc::make_mut(&mut self.map);
        match var {
            Some(var) => {
                map.insert(name.to_owned(), var);
            }
            None => {
                map.remove(name);
            }
        }
    }

    pub fn remove(&mut self, name: &str) {
        Rc::make_mut(&mut self.map).remove(name);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.map.iter().map(|(name, var)| (name.as_str(), var))
    }

    pub fn push_scope(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// Ends a function: its locals are what they were.
    pub fn pop_scope(&mut self) {
        for (name, var) in self.scopes.pop().unwrap_or_default().into_iter().rev() {
            self.put(&name, var);
        }
    }

    pub fn in_function(&self) -> bool {
        !self.scopes.is_empty()
    }

    /// Makes a name local; false if it already is.
    pub fn make_local(&mut self, name: &str) -> bool {
        let old = self.map.get(name).cloned();
        let Some(scope) = self.scopes.last_mut() else { return false };
        if scope.iter().any(|(local, _)| local == name) {
            return false;
        }
        scope.push((name.to_owned(), old));
        true
    }

    pub fn is_local(&self, name: &str) -> bool {
        self.scopes.last().is_some_and(|scope| scope.iter().any(|(local, _)| local == name))
    }

    /// The environment of a program.
    pub fn environment(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let exported = self.map.iter().filter(|(_, var)| var.exported);
        exported
            .filter_map(|(name, var)| match &var.value {
                Value::Scalar(value) => Some((name.clone().into_bytes(), value.clone())),
                _ => None,
            })
            .collect()
    }
}
