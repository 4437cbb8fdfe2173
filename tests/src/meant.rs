//! The parts that a filter means of a value, told plainly: the lists of them that are about it.
//! Models decide by these, whatever form their values have.

use replywire::json::{Filter, JsonError, Part};

/// A part that a filter means, and parts of it where not all of it is meant.
#[derive(Clone, Debug)]
pub struct Meant {
    pub step: Step,
    pub parts: Option<Vec<Meant>>,
}

/// The name of a part.
#[derive(Clone, Debug)]
pub enum Step {
    Each,
    Index(i32),
    Name(String),
}

/// The switches of a filter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    pub is_by_name: bool,
    pub no_defaults: bool,
    pub no_none: bool,
    pub no_unset: bool,
}

impl Rules {
    /// The filter with these switches.
    pub fn filter<'f>(
        self,
        include: Option<&'f [Part<'f>]>,
        exclude: Option<&'f [Part<'f>]>,
    ) -> Filter<'f> {
        let filter = Filter::new().exclude(exclude.unwrap_or_default());
        let set = |is_set: bool, filter: Filter<'f>, with: fn(Filter<'f>) -> Filter<'f>| {
            if is_set { with(filter) } else { filter }
        };
        let filter = match include {
            Some(parts) => filter.include(parts),
            None => filter,
        };
        let filter = set(self.is_by_name, filter, Filter::by_name);
        let filter = set(self.no_defaults, filter, Filter::exclude_defaults);
        let filter = set(self.no_none, filter, Filter::exclude_none);
        set(self.no_unset, filter, Filter::exclude_unset)
    }

    /// True if more is asked of a field than its name and value.
    pub fn asks(self) -> bool {
        self.is_by_name || self.no_defaults || self.no_unset
    }
}

/// The lists that are about a value. Those of the least rank go before the others.
type Lists<'m> = Vec<(Rank, &'m [Meant])>;

/// Says for each step, the last one first, whether the list is about each part.
type Rank = Vec<bool>;

/// The statement of lists about a part.
enum Said<'m> {
    Nothing,
    Whole,
    Parts(Lists<'m>),
}

/// The lists that include, where not all is included, and those that exclude.
pub struct Choice<'m> {
    include: Option<Lists<'m>>,
    exclude: Lists<'m>,
}

/// True if the step is to this part: of this name, or at this index of so many.
type Is<'i> = &'i dyn Fn(&Step) -> bool;

fn said<'m>(lists: &[(Rank, &'m [Meant])], is: Is<'_>) -> Said<'m> {
    let by = |is_each: bool, is: Is<'_>| {
        let about = |list: &'m [Meant]| list.iter().filter(|meant| is(&meant.step));
        let speaks = |list: &&(Rank, &'m [Meant])| about(list.1).next().is_some();
        let Some(first) = lists.iter().filter(speaks).map(|(rank, _)| rank).min() else {
            return Said::Nothing;
        };
        let mut parts = Lists::new();
        for (rank, list) in lists {
            for meant in about(list) {
                match &meant.parts {
                    None if rank == first => return Said::Whole,
                    None => {}
                    Some(inner) => {
                        let rank = [&[is_each][..], rank].concat();
                        // The same once more says nothing new, and would take long.
                        let is_same = |(other, list): &(Rank, &[Meant])| {
                            *other == rank && std::ptr::eq(*list, inner.as_slice())
                        };
                        if !parts.iter().any(is_same) {
                            parts.push((rank, inner));
                        }
                    }
                }
            }
        }
        Said::Parts(parts)
    };
    match (by(false, is), by(true, &|step| matches!(step, Step::Each))) {
        (Said::Nothing, each) => each,
        (Said::Parts(itself), Said::Parts(each)) => Said::Parts([itself, each].concat()),
        (itself, _) => itself,
    }
}

impl<'m> Choice<'m> {
    /// The choice of a filter in a document.
    pub fn new(include: Option<&'m [Meant]>, exclude: Option<&'m [Meant]>) -> Self {
        let one = |list: &'m [Meant]| vec![(Rank::new(), list)];
        Self {
            include: include.map(one),
            exclude: exclude.map_or(Lists::new(), one),
        }
    }

    /// Gives what is chosen of a part, unless it is left out.
    pub fn part(&self, is: Is<'_>) -> Option<Self> {
        let include = match self.include.as_deref().map(|lists| said(lists, is)) {
            None | Some(Said::Whole) => None,
            Some(Said::Nothing) => return None,
            Some(Said::Parts(lists)) => Some(lists),
        };
        let exclude = match said(&self.exclude, is) {
            Said::Nothing => Lists::new(),
            Said::Whole => return None,
            Said::Parts(lists) => lists,
        };
        Some(Self { include, exclude })
    }

    /// Gives what is chosen of what has this name, unless it is left out.
    pub fn named(&self, name: Option<&str>) -> Option<Self> {
        self.part(&|step| matches!(step, Step::Name(other) if Some(other.as_str()) == name))
    }

    /// Gives what is chosen of the element at this index of a list that told so many, unless it is
    /// left out.
    pub fn at(&self, at: usize, told: Option<usize>) -> Option<Self> {
        let (at, told) = (at as i64, told.map(|told| told as i64));
        self.part(&|step| match step {
            Step::Index(index @ 0..) => i64::from(*index) == at,
            Step::Index(index) => told.is_some_and(|told| told + i64::from(*index) == at),
            _ => false,
        })
    }

    /// Gives what is chosen of a variant, unless it is left out; where variants are named, it must
    /// be among them.
    ///
    /// # Errors
    ///
    /// The filter says what cannot be done.
    pub fn variant(&self, name: &str) -> Result<Option<Self>, JsonError> {
        if self.has_index() {
            return Err(JsonError::NotAList);
        }
        let is = |step: &Step| match step {
            Step::Each => true,
            Step::Index(_) => false,
            Step::Name(other) => other == name,
        };
        let is_unknown = |lists: &Lists<'_>| {
            let mut all = lists.iter().flat_map(|(_, list)| *list).peekable();
            all.peek().is_some() && !all.any(|meant| is(&meant.step))
        };
        match self.include.iter().chain([&self.exclude]).any(is_unknown) {
            true => Err(JsonError::UnknownField),
            false => Ok(self.named(Some(name))),
        }
    }

    /// Lets a value without parts pass.
    ///
    /// # Errors
    ///
    /// The filter says what cannot be done.
    pub fn leaf(&self) -> Result<(), JsonError> {
        match self.include.is_some() || self.has(&|_| true) {
            true => Err(JsonError::NoParts),
            false => Ok(()),
        }
    }

    /// True if nothing is said about a value.
    pub fn is_all(&self) -> bool {
        self.include.is_none() && self.exclude.is_empty()
    }

    /// True if an element is counted from the end.
    pub fn counts(&self) -> bool {
        self.has(&|step| matches!(step, Step::Index(..0)))
    }

    pub fn has_index(&self) -> bool {
        self.has(&|step| matches!(step, Step::Index(_)))
    }

    pub fn has_name(&self) -> bool {
        self.has(&|step| matches!(step, Step::Name(_)))
    }

    /// True if there is a name that is none of the value's own.
    pub fn has_other_name(&self, is_own: impl Fn(&str) -> bool) -> bool {
        self.has(&|step| matches!(step, Step::Name(name) if !is_own(name)))
    }

    fn has(&self, is: Is<'_>) -> bool {
        let lists = self.include.iter().flatten().chain(&self.exclude);
        let mut all = lists.flat_map(|(_, list)| *list);
        all.any(|meant| is(&meant.step))
    }
}

/// Shows `visit` each of the lists as the library has it.
pub fn with_parts<const N: usize>(lists: [&[Meant]; N], visit: &mut dyn FnMut([&[Part<'_>]; N])) {
    // The lists of each level, in the order in which those above refer to them.
    let mut levels = vec![lists.to_vec()];
    while let Some(level) = levels.last().filter(|level| !level.is_empty()) {
        let all = level.iter().copied().flatten();
        let below = all.filter_map(|meant| meant.parts.as_deref()).collect();
        levels.push(below);
    }
    raise(&levels, &[], &mut |lists| {
        visit(std::array::from_fn(|at| lists[at].as_slice()));
    });
}

/// Makes the last of the levels, which refers to the lists `below`, and then those above it. Each
/// stays where it is until the first was shown.
fn raise(
    levels: &[Vec<&[Meant]>],
    below: &[Vec<Part<'_>>],
    visit: &mut dyn FnMut(&[Vec<Part<'_>>]),
) {
    let Some((level, above)) = levels.split_last() else {
        return visit(below);
    };
    let mut below = below.iter();
    let mut lists = Vec::with_capacity(level.len());
    for list in level {
        let parts = list.iter().map(|Meant { step, parts }| {
            let parts = parts.as_ref().and_then(|_| below.next());
            match (step, parts) {
                (Step::Each, None) => Part::Each,
                (Step::Each, Some(parts)) => Part::InEach(parts),
                (Step::Index(index), None) => Part::At(*index),
                (Step::Index(index), Some(parts)) => Part::InAt(*index, parts),
                (Step::Name(name), None) => Part::Name(name),
                (Step::Name(name), Some(parts)) => Part::In(name, parts),
            }
        });
        lists.push(parts.collect::<Vec<_>>());
    }
    raise(above, &lists, visit);
}
