//! Names of API versions.

use seawall_model::schema::KindInfo;

/// `apps/v1`, `v1`.
pub(crate) fn api_version(info: KindInfo) -> String {
    match info.group() {
        "" => info.version().to_owned(),
        group => format!("{group}/{}", info.version()),
    }
}
