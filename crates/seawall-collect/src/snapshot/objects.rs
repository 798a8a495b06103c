//! Documents of a reading, as objects of the model.

use crate::limits::size;
use crate::live::SinkError;
use crate::live::sink::Sink;
use crate::read::NODE;
use seawall_model::{Live, Object, Origin, objects_of};
use seawall_yaml::Document;
use std::sync::Arc;

/// Keeps objects in memory, up to a limit.
pub(crate) struct MemorySink {
    /// What has come.
    pub(crate) objects: Vec<Arc<Object>>,
    /// Where it comes from.
    origin: Arc<Live>,
    kept: u64,
    limit: u64,
    mark: (usize, u64),
}

impl MemorySink {
    /// A sink for the cluster of a context, if the reader named one.
    pub(crate) fn new(context: Option<&str>, limit: u64) -> Self {
        let origin = Arc::new(Live { context: context.map(Into::into), ..Live::default() });
        Self { objects: Vec::new(), origin, kept: 0, limit, mark: (0, 0) }
    }
}

impl Sink for MemorySink {
    fn begin(&mut self) -> Result<(), SinkError> {
        self.mark = (self.objects.len(), self.kept);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        self.objects.truncate(self.mark.0);
        self.kept = self.mark.1;
        Ok(())
    }

    fn object(&mut self, document: Document) -> Result<(), SinkError> {
        self.kept += (document.source().text().len() as u64).max(document.len() as u64 * NODE);
        if self.kept > self.limit {
            return Err(SinkError::TooLarge(size(self.limit)));
        }
        let origin = Origin::Live(self.origin.clone());
        let objects = objects_of(&Arc::new(document), &origin).into_iter().flatten();
        self.objects.extend(objects.map(Arc::new));
        Ok(())
    }
}
