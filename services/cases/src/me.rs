use http::{Access, Json, Role};
use serde::Serialize;

/// Who asks, so that a page offers only what they may do.
#[derive(Debug, Serialize)]
pub(crate) struct Me {
    /// Under which name what they say goes on record.
    name: String,
    roles: Vec<Role>,
    /// Whether they may review and sign.
    reviews: bool,
}

pub(crate) async fn me(access: Access) -> Json<Me> {
    let roles = Role::ALL.into_iter().filter(|role| access.has(*role));
    Json(Me {
        name: access.name().to_owned(),
        roles: roles.collect(),
        reviews: access.require_person(Role::Pathologist).is_ok(),
    })
}
