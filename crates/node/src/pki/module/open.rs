//! A security module that is open: logged in to its token, finding, making and using keys.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use ledger::signature::{PublicKey, Suite};
use zeroize::Zeroizing;

use super::ModuleSettings;
use super::error::{ModuleError, failed};

/// The named curve P-256 as an object identifier in DER (RFC 5480 §2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// What stands before the 65 bytes of a point: they are an octet string in DER (PKCS#11 §2.3.3).
const POINT_HEADER: [u8; 2] = [0x04, 65];

/// A session of somebody who is logged in.
pub(super) struct Open {
    session: Session,
    library: Pkcs11,
    keys: BTreeMap<String, ObjectHandle>,
}

impl ModuleSettings {
    pub(super) fn open(&self) -> Result<Open, ModuleError> {
        let unusable = |error: Error| ModuleError::Library {
            path: self.library.clone(),
            reason: error.to_string(),
        };
        let library = Pkcs11::new(&self.library).map_err(unusable)?;
        match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // It could not be closed when it failed.
            Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            other => other.map_err(unusable)?,
        }
        match self.log_in(&library) {
            Ok(session) => Ok(Open {
                session,
                library,
                keys: BTreeMap::new(),
            }),
            Err(error) => {
                // As when it is closed.
                drop(library.finalize());
                Err(error)
            }
        }
    }

    fn slot(&self, library: &Pkcs11) -> Result<Slot, ModuleError> {
        let slots = library.get_slots_with_initialized_token();
        let mut found = Vec::new();
        for slot in slots.map_err(failed("list its tokens"))? {
            let about = library.get_token_info(slot);
            let about = about.map_err(failed("describe its tokens"))?;
            if about.label() == self.token {
                if about.user_pin_locked() {
                    let token = self.token.clone();
                    return Err(ModuleError::Locked { token });
                }
                if about.user_pin_final_try() {
                    let (token, path) = (self.token.clone(), self.pin_file.clone());
                    return Err(ModuleError::LastTry { token, path });
                }
                return Ok(slot);
            }
            found.push(format!("{:?}", about.label()));
        }
        let token = self.token.clone();
        Err(ModuleError::NoToken { token, found })
    }

    fn log_in(&self, library: &Pkcs11) -> Result<Session, ModuleError> {
        let slot = self.slot(library)?;
        let pin = pin(&self.pin_file)?;
        let session = library.open_rw_session(slot);
        let session = session.map_err(failed("open a session"))?;
        let (token, path) = (self.token.clone(), self.pin_file.clone());
        match session.login(UserType::User, Some(&pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(Error::Pkcs11(
                RvError::PinIncorrect | RvError::PinLenRange | RvError::PinInvalid,
                _,
            )) => Err(ModuleError::PinWrong { token, path }),
            Err(Error::Pkcs11(RvError::PinLocked, _)) => Err(ModuleError::Locked { token }),
            Err(other) => Err(failed("let the node log in")(other)),
        }
    }
}

/// The PIN, without the line's end that editors add.
fn pin(path: &Path) -> Result<AuthPin, ModuleError> {
    let unreadable = |error: std::io::Error| ModuleError::PinFile {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(ModuleError::PinExposed { path, mode });
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
    Ok(AuthPin::new(text.trim_end_matches(['\r', '\n']).into()))
}

impl Open {
    pub(super) fn close(self) {
        let Self {
            session, library, ..
        } = self;
        drop(session);
        // Of a device that is gone nothing can be asked any more.
        drop(library.finalize());
    }

    fn objects(&self, class: ObjectClass, label: &str) -> Result<Vec<ObjectHandle>, ModuleError> {
        let wanted = [
            Attribute::Token(true),
            Attribute::Class(class),
            Attribute::Label(label.as_bytes().to_vec()),
        ];
        let found = self.session.find_objects(&wanted);
        found.map_err(failed("look for the key"))
    }

    /// The public half of the key of a label, whose private half must be there too.
    pub(super) fn public(
        &mut self,
        label: &str,
        token: String,
    ) -> Result<Option<PublicKey>, ModuleError> {
        let taken = || ModuleError::LabelTaken {
            token: token.clone(),
            label: label.to_owned(),
        };
        let private = self.objects(ObjectClass::PRIVATE_KEY, label)?;
        let public = self.objects(ObjectClass::PUBLIC_KEY, label)?;
        let (private, public) = match (private.as_slice(), public.as_slice()) {
            ([], []) => return Ok(None),
            ([private], [public]) => (*private, *public),
            _ => return Err(taken()),
        };
        let point = self
            .session
            .get_attributes(public, &[AttributeType::EcPoint])
            .map_err(failed("show the public key"))?;
        let Some(Attribute::EcPoint(point)) = point.first() else {
            return Err(taken());
        };
        let point = point.strip_prefix(&POINT_HEADER).unwrap_or(point);
        let public = PublicKey::new(Suite::P256, point.to_vec()).map_err(|_| taken())?;
        self.keys.insert(label.to_owned(), private);
        Ok(Some(public))
    }

    pub(super) fn generate(&self, label: &str) -> Result<(), ModuleError> {
        let name = || Attribute::Label(label.as_bytes().to_vec());
        let id = || Attribute::Id(label.as_bytes().to_vec());
        let public = [
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(P256.to_vec()),
            name(),
            id(),
        ];
        let private = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
            name(),
            id(),
        ];
        self.session
            .generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
            .map_err(failed("make the key"))?;
        Ok(())
    }

    pub(super) fn sign(
        &mut self,
        label: &str,
        token: &str,
        hash: &[u8],
    ) -> Result<Vec<u8>, ModuleError> {
        if !self.keys.contains_key(label) {
            self.public(label, token.to_owned())?;
        }
        let key = self.keys.get(label).ok_or_else(|| ModuleError::NoKey {
            token: token.to_owned(),
            label: label.to_owned(),
        })?;
        let signature = self.session.sign(&Mechanism::Ecdsa, *key, hash);
        signature.map_err(failed("sign"))
    }
}
