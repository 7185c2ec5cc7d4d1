use std::io;
use std::path::PathBuf;

use flow::TaskId;
use hyper::header::HeaderValue;

use crate::ServiceError;

/// Keys of services: a folder with one file a task, named by the task's id. A key stands nowhere else,
/// and never in the folder of a task, which goes from hand to hand.
#[derive(Clone, Debug, Default)]
pub struct ServiceKeys {
    folder: Option<PathBuf>,
}

impl ServiceKeys {
    pub const fn none() -> Self {
        Self { folder: None }
    }

    pub const fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder: Some(folder),
        }
    }

    /// The bearer token of a task's service, read anew each time so that a key may be changed; `None`
    /// where the service has none.
    pub(crate) async fn bearer(&self, task: &TaskId) -> Result<Option<HeaderValue>, ServiceError> {
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        let key = match tokio::fs::read_to_string(folder.join(task.as_str())).await {
            Ok(key) => key,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ServiceError::Key(error)),
        };
        let bearer = HeaderValue::try_from(format!("Bearer {}", key.trim()));
        let mut bearer = bearer.or(Err(ServiceError::KeyText))?;
        bearer.set_sensitive(true);
        Ok(Some(bearer))
    }
}
