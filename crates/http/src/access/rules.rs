use super::{LimitRules, OpenId};

/// What an installation adds to tokens and login links.
#[derive(Clone, Default)]
pub struct AccessRules {
    pub openid: Option<OpenId>,
    pub limits: LimitRules,
}
