//! The Unix socket: made so that only its own user can open it, and so that what a killed sidecar left does not stand
//! in the way.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

/// The socket's file, which is removed when this is dropped.
pub struct Socket {
    path: PathBuf,
    device: u64,
    inode: u64,
    uid: u32,
}

/// Makes it.
///
/// # Errors
/// When something else stands there, or another sidecar answers there.
pub async fn open(path: &Path) -> Result<(Socket, UnixListener), String> {
    let failed = |error: std::io::Error| format!("cannot listen on {}: {error}", path.display());
    match fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => {
            return Err(format!("{} is there and is not a socket", path.display()));
        }
        Ok(_) if UnixStream::connect(path).await.is_ok() => {
            return Err(format!("another sidecar answers on {}", path.display()));
        }
        // Left behind by one that was killed: the new one takes its place below.
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    // Under its own name it is only seen when it is closed to others.
    let mut made = path.as_os_str().to_owned();
    made.push(format!(".{}", std::process::id()));
    let made = PathBuf::from(made);
    let _ = fs::remove_file(&made);
    let listener = UnixListener::bind(&made).map_err(failed)?;
    let placed = fs::set_permissions(&made, Permissions::from_mode(0o600))
        .and_then(|()| fs::rename(&made, path))
        .and_then(|()| fs::symlink_metadata(path));
    let file = placed.map_err(|error| {
        let _ = fs::remove_file(&made);
        failed(error)
    })?;
    let socket = Socket {
        path: path.to_owned(),
        device: file.dev(),
        inode: file.ino(),
        uid: file.uid(),
    };
    Ok((socket, listener))
}

impl Socket {
    /// The user whose socket it is: the one who runs this.
    pub const fn uid(&self) -> u32 {
        self.uid
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Another one may have taken the place.
        let ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|file| (file.dev(), file.ino()) == (self.device, self.inode));
        if ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether who is at the other end is the socket's own user, or root, who could be.
pub fn is_welcome(stream: &UnixStream, uid: u32) -> bool {
    stream
        .peer_cred()
        .is_ok_and(|peer| [uid, 0].contains(&peer.uid()))
}
