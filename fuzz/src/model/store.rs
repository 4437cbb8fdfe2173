//! A store of header lines.

use replywire::{Error, Place};

use super::{Fields, cookie, field};
use crate::input::{StoreEdit, Value};

pub struct Store {
    pub fields: Fields,
    capacity: usize,
}

impl Store {
    pub fn new(capacity: usize) -> Self {
        Self {
            fields: Fields::new(),
            capacity,
        }
    }

    /// A store after `edits`, of which some may have failed and changed nothing.
    pub fn edited(edits: &[StoreEdit], capacity: usize) -> Self {
        let mut store = Self::new(capacity);
        for edit in edits {
            // The failures are compared where the library makes the same edits.
            let _ = store.edit(edit);
        }
        store
    }

    /// The value that the edit returns; empty for those that return none.
    pub fn edit(&mut self, edit: &StoreEdit) -> Result<Vec<u8>, Error> {
        match edit {
            StoreEdit::AddVary(value) => self.add_vary(&value.0)?,
            StoreEdit::Append(name, value) => {
                let line = self.fitting(field::line(name.as_str(), value)?)?;
                if field::is_singleton(&line.0) {
                    self.fields.retain(|(field, _)| *field != line.0);
                }
                self.fields.push(line);
            }
            StoreEdit::Clear => self.fields.clear(),
            StoreEdit::Cookie(cookie) => {
                let line = (String::from("set-cookie"), cookie::value(cookie)?);
                let line = self.fitting(line)?;
                self.fields.push(line);
            }
            StoreEdit::Remove(name) => self
                .fields
                .retain(|(field, _)| !field.eq_ignore_ascii_case(name.as_str())),
            StoreEdit::Set(name, value) => self.set(name.as_str(), value)?,
            StoreEdit::SetDefault(name, value) => {
                let (name, value) = self.fitting(field::line(name.as_str(), value)?)?;
                if let Some((_, first)) = self.fields.iter().find(|(field, _)| *field == name) {
                    return Ok(first.clone());
                }
                self.fields.push((name, value.clone()));
                return Ok(value);
            }
            StoreEdit::Update(pairs) => {
                for (name, value) in pairs {
                    let value = Value::Text(crate::input::Text(value.0.clone()));
                    self.set(name.as_str(), &value)?;
                }
            }
        }
        Ok(Vec::new())
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), Error> {
        let line = self.fitting(field::line(name, value)?)?;
        self.replace(line);
        Ok(())
    }

    fn add_vary(&mut self, value: &str) -> Result<(), Error> {
        let mut added = value.split(',').map(|name| name.trim_matches([' ', '\t']));
        let is_list = added.clone().any(|name| !name.is_empty())
            && added.all(|name| name.is_empty() || field::is_token(name));
        if !is_list || !field::is_value(value.as_bytes()) {
            return Err(Error::HeaderValue(Place::UNKNOWN));
        }
        let earlier = self.fields.iter().filter(|(name, _)| name == "vary");
        let mut values: Vec<&[u8]> = earlier.map(|(_, value)| value.as_slice()).collect();
        values.push(value.as_bytes());
        let mut names: Vec<&[u8]> = Vec::new();
        let values = values.join(&b","[..]);
        for name in values.split(|byte| *byte == b',') {
            let name = field::trimmed(name);
            if !name.is_empty() && !names.iter().any(|one| one.eq_ignore_ascii_case(name)) {
                names.push(name);
            }
        }
        let joined = match names.contains(&&b"*"[..]) {
            true => b"*".to_vec(),
            false => names.join(&b", "[..]),
        };
        let line = self.fitting((String::from("vary"), joined))?;
        self.replace(line);
        Ok(())
    }

    /// Puts the line where the first of its name stood, and removes the others.
    fn replace(&mut self, line: (String, Vec<u8>)) {
        let Some(first) = self.fields.iter().position(|(name, _)| *name == line.0) else {
            self.fields.push(line);
            return;
        };
        self.fields.retain({
            let mut seen = 0;
            let name = line.0.clone();
            move |(field, _)| {
                seen += usize::from(*field == name);
                *field != name || seen == 1
            }
        });
        self.fields[first] = line;
    }

    /// The line, if there is room for it besides all others.
    fn fitting(&self, line: (String, Vec<u8>)) -> Result<(String, Vec<u8>), Error> {
        let size = |(name, value): &(String, Vec<u8>)| name.len() + value.len() + ": \r\n".len();
        let needed = self.fields.iter().map(size).sum::<usize>() + size(&line);
        match needed <= self.capacity {
            true => Ok(line),
            false => Err(Error::Overflow { needed }),
        }
    }
}
