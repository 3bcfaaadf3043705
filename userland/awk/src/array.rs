//! Arrays, walked through in the order in which mawk walks through its own: a table of lists by the
//! FNV-1a digest of the key, each with what came last at its front.

use crate::value::Value;
use std::rc::Rc;

const LISTS: usize = 64;
/// How long the lists may become on average before the table grows.
const AVERAGE: usize = 12;

/// An array.
#[derive(Clone, Debug)]
pub struct Array {
    lists: Vec<Vec<(Rc<[u8]>, Value)>>,
    len: usize,
}

impl Default for Array {
    fn default() -> Self {
        Array { lists: vec![Vec::new(); LISTS], len: 0 }
    }
}

impl Array {
    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is an element of this key.
    pub fn has(&self, key: &[u8]) -> bool {
        self.lists[self.list_of(key)].iter().any(|entry| *entry.0 == *key)
    }

    /// The element, made if it is not there.
    pub fn get(&mut self, key: &[u8]) -> &mut Value {
        let mut list = self.list_of(key);
        let found = self.lists[list].iter().rposition(|entry| *entry.0 == *key);
        let at = found.unwrap_or_else(|| {
            self.len += 1;
            if self.len > self.lists.len() * AVERAGE {
                self.grow();
                list = self.list_of(key);
            }
            // The front of a list is at the end of the vector.
            self.lists[list].push((key.into(), Value::Unset));
            self.lists[list].len() - 1
        });
        &mut self.lists[list][at].1
    }

    /// Takes an element away.
    pub fn remove(&mut self, key: &[u8]) {
        let list = self.list_of(key);
        let before = self.lists[list].len();
        self.lists[list].retain(|entry| *entry.0 != *key);
        self.len -= before - self.lists[list].len();
    }

    /// Takes all elements away.
    pub fn clear(&mut self) {
        *self = Array::default();
    }

    /// The keys.
    pub fn keys(&self) -> Vec<Rc<[u8]>> {
        self.lists.iter().flat_map(|list| list.iter().rev().map(|entry| entry.0.clone())).collect()
    }

    fn grow(&mut self) {
        let larger = vec![Vec::new(); self.lists.len() * 2];
        let lists = std::mem::replace(&mut self.lists, larger);
        for entry in lists.into_iter().flatten() {
            let list = self.list_of(&entry.0);
            self.lists[list].push(entry);
        }
    }

    fn list_of(&self, key: &[u8]) -> usize {
        let digest = key
            .iter()
            .fold(2_166_136_261u32, |digest, c| (digest ^ u32::from(*c)).wrapping_mul(16_777_619));
        digest as usize & (self.lists.len() - 1)
    }
}
