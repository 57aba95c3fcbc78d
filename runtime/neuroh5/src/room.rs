//! Room on disk, looked at before HDF5's copy of objects: that crashes when a write fails in it (seen in 1.10.8).

use std::path::Path;

use crate::{Error, Store};

/// Headers, indices and alignment of one object.
const EACH: u64 = 4096;
/// What HDF5 still has to write of the file itself.
const MARGIN: u64 = 64 * 1024;

impl Store {
    /// Whether a copy of `path` of another file has room beside this file; where the system does not tell, it has.
    pub(crate) fn check_room(&self, from: &Store, path: &str) -> Result<(), Error> {
        let needed = from.stored(path) + MARGIN;
        match free(&self.path) {
            Some(free) if free < needed => Err(self.error(
                path,
                format!("the disk has room for {} kB, and {} kB are needed", free / 1024, needed / 1024),
                "make room, or write to another disk",
            )),
            _ => Ok(()),
        }
    }

    /// Bytes that an object with all that is in it takes, about.
    fn stored(&self, at: &str) -> u64 {
        if let Ok(dataset) = self.file.dataset(at) {
            return EACH + dataset.storage_size();
        }
        let Ok(members) = self.file.group(at).and_then(|group| group.member_names()) else { return EACH };
        EACH + members.iter().map(|name| self.stored(&format!("{at}/{name}"))).sum::<u64>()
    }
}

/// Free bytes for this user on the disk of a file.
fn free(path: &Path) -> Option<u64> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = rustix::fs::statvfs(directory).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test ends where something is missing")]
mod tests {
    use super::*;

    #[test]
    fn what_an_object_takes_is_the_sum_of_its_datasets() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.h5");
        let store = Store::create(&path).unwrap();
        for name in ["a", "b"] {
            let values = vec![1.5_f64; 50_000];
            store.file.new_dataset_builder().with_data(&values).create(format!("group/{name}").as_str()).unwrap();
        }
        let stored = store.stored("/group");
        assert!((800_000..820_000).contains(&stored), "{stored}");
        assert!(free(&path).unwrap() > 0);
        assert!(free(Path::new("a.h5")).is_some());
    }
}
