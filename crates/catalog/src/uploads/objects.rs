//! Files by the names that their senders gave them.

use flow::Sha256Digest;

use super::row::{read_upload, upload_columns};
use super::{ObjectName, UploadRow};
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

impl Catalog {
    /// The newest slide that a key brought under a name, as long as its upload is remembered.
    pub async fn uploaded_object(
        &self,
        owner: &Sha256Digest,
        object: &ObjectName,
    ) -> Result<Option<UploadRow>, CatalogError> {
        let statement = Statement::to(
            "look for an object",
            concat!(
                "SELECT ",
                upload_columns!(),
                " FROM uploads WHERE owner = $1 AND object = $2 AND state = 'done'
                 ORDER BY touched_at_ms DESC LIMIT 1"
            ),
        )
        .bind(owner.to_string())
        .bind(object.reveal());
        let row = self.readers.fetch_optional(statement).await?;
        row.as_ref().map(read_upload).transpose()
    }

    /// All that a key brought by name and that is remembered, by name; of one name the newest first.
    pub async fn uploaded_objects(
        &self,
        owner: &Sha256Digest,
    ) -> Result<Vec<UploadRow>, CatalogError> {
        let statement = Statement::to(
            "list objects",
            concat!(
                "SELECT ",
                upload_columns!(),
                " FROM uploads WHERE owner = $1 AND object IS NOT NULL AND state = 'done'
                 ORDER BY object, touched_at_ms DESC"
            ),
        )
        .bind(owner.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_upload).collect()
    }

    /// The uploads of a key whose parts have numbers and are not settled, by name.
    pub async fn numbered_uploads(
        &self,
        owner: &Sha256Digest,
    ) -> Result<Vec<UploadRow>, CatalogError> {
        let statement = Statement::to(
            "list unfinished uploads",
            concat!(
                "SELECT ",
                upload_columns!(),
                " FROM uploads WHERE owner = $1 AND state = 'numbered' ORDER BY object, id"
            ),
        )
        .bind(owner.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_upload).collect()
    }
}
