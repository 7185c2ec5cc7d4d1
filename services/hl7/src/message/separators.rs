/// MSH-1 and MSH-2. The escape character and what comes after it may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Separators {
    pub(crate) field: char,
    pub(crate) component: char,
    pub(crate) repetition: char,
    pub(crate) escape: Option<char>,
    pub(crate) subcomponent: Option<char>,
}

impl Separators {
    /// Those that are written here.
    #[cfg(test)]
    pub(crate) const USUAL: Self = Self {
        field: '|',
        component: '^',
        repetition: '~',
        escape: Some('\\'),
        subcomponent: Some('&'),
    };

    /// Of what follows `MSH`.
    pub(super) fn read(after_name: &str) -> Option<Self> {
        let mut characters = after_name.chars();
        let field = characters.next()?;
        let mut encoding = characters.take_while(|c| *c != field);
        let separators = Self {
            field,
            component: encoding.next()?,
            repetition: encoding.next()?,
            escape: encoding.next(),
            subcomponent: encoding.next(),
        };
        let all = [
            Some(field),
            Some(separators.component),
            Some(separators.repetition),
            separators.escape,
            separators.subcomponent,
        ];
        let is_one = |c: &char| c.is_ascii_punctuation();
        let given = || all.iter().flatten();
        let are_different = given()
            .enumerate()
            .all(|(n, c)| !given().take(n).any(|d| d == c));
        (given().all(is_one) && are_different).then_some(separators)
    }
}
