use std::sync::Arc;

use catalog::Role;
use identity::{Provider, Subject};

/// An OpenID provider, and what those whom it knows may do here.
#[derive(Clone)]
pub struct OpenId {
    pub provider: Provider,
    pub roles: RoleMapping,
}

/// Which groups of the provider have which roles. Who is in none of them has none.
#[derive(Clone, Debug, Default)]
pub struct RoleMapping(Arc<[(Role, String)]>);

impl RoleMapping {
    pub fn new(pairs: impl IntoIterator<Item = (Role, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// Each once.
    pub(super) fn roles_of(&self, subject: &Subject) -> Vec<Role> {
        let has = |role: &Role| {
            let mut pairs = self.0.iter();
            pairs.any(|(of, group)| of == role && subject.groups.contains(group))
        };
        Role::ALL.into_iter().filter(has).collect()
    }
}

impl OpenId {
    /// Whether people may come through it.
    pub(super) fn logs_people_in(&self) -> bool {
        self.provider.config().client.is_some()
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    #[test]
    fn a_group_is_a_role_only_where_it_is_named() {
        let mapping = RoleMapping::new([
            (Role::Pathologist, "readers".to_owned()),
            (Role::Pathologist, "residents".to_owned()),
            (Role::Admin, "it".to_owned()),
        ]);
        let roles = |groups: &[&str]| {
            mapping.roles_of(&Subject {
                issuer: "https://login.example".to_owned(),
                id: "7".to_owned(),
                name: "gram".to_owned(),
                groups: groups.iter().map(|group| (*group).to_owned()).collect(),
                tenant: None,
                expires_at: Utc::now(),
            })
        };
        assert_eq!(roles(&["residents", "readers"]), [Role::Pathologist]);
        assert_eq!(roles(&["it", "readers"]), [Role::Admin, Role::Pathologist]);
        // What a group is called gives nobody a role.
        for none in [&["admin"][..], &["READERS"], &["readers "], &[""], &[]] {
            assert!(roles(none).is_empty(), "{none:?}");
        }
    }
}
