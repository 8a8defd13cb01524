//! Carrying requests to the notary, as many together as are waiting and fit one body, and its verdicts back.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use deed::Party;
use ledger::TransactionId;
use ledger::codec::{self, list::List};
use protocol::limits::BATCH_REQUESTS_MAX;
use protocol::notary::{NotaryRefusal, Request, Verdict};
use tokio::sync::{Semaphore, mpsc};

use super::engine::Engine;
use super::link::Link;
use super::notary::SUBMIT_PATH;
use crate::limits::BODY_BYTES_MAX;
use crate::transport::{CallError, PeerClient, PeerReply, StatusCode};

/// Batches under way to the notary at once: while one syncs, the next is on its way.
const SUBMISSIONS_MAX: usize = 4;
/// Requests in one batch: its share of what the notary decides at once.
const REQUESTS_MAX: usize = BATCH_REQUESTS_MAX / SUBMISSIONS_MAX;
/// Bytes of the head of a list in CBOR, at most.
const HEAD_BYTES: usize = 9;
/// Tries of one batch before it is left to the flows to ask again.
const TRIES: usize = 20;
/// Pause between two tries.
const RETRY: Duration = Duration::from_millis(250);

/// A request in the ledger's encoding.
struct Sealed {
    id: TransactionId,
    bytes: Vec<u8>,
}

/// Requests that go together.
type Parcel = Vec<Sealed>;

/// Packs requests, in their order, into parcels of at most so many bytes. One that is larger by itself travels alone.
fn pack(requests: Vec<(TransactionId, Request)>, bytes_max: usize) -> VecDeque<Parcel> {
    let mut parcels = VecDeque::new();
    let mut parcel = Parcel::new();
    let mut weight = HEAD_BYTES;
    for (id, request) in requests {
        let bytes = codec::encode(&request);
        if !parcel.is_empty() && weight + bytes.len() > bytes_max {
            parcels.push_back(std::mem::take(&mut parcel));
            weight = HEAD_BYTES;
        }
        weight += bytes.len();
        parcel.push(Sealed { id, bytes });
    }
    if !parcel.is_empty() {
        parcels.push_back(parcel);
    }
    parcels
}

/// The body of a submission: the list of its requests.
fn body(parcel: &[Sealed]) -> Vec<u8> {
    let mut encoder = minicbor::Encoder::new(Vec::new());
    // A vector's writer has no error to give.
    drop(encoder.array(parcel.len() as u64));
    let mut body = encoder.into_writer();
    for sealed in parcel {
        body.extend_from_slice(&sealed.bytes);
    }
    body
}

/// Carries requests for as long as the process runs.
pub(crate) async fn submit_all(
    link: Arc<Link>,
    notary: Party,
    engine: Engine,
    mut waiting: mpsc::UnboundedReceiver<(TransactionId, Request)>,
) {
    let slots = Arc::new(Semaphore::new(SUBMISSIONS_MAX));
    let mut client: Option<(String, Arc<PeerClient>)> = None;
    let mut parcels = VecDeque::new();
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        if parcels.is_empty() {
            let mut batch = Vec::new();
            if waiting.recv_many(&mut batch, REQUESTS_MAX).await == 0 {
                return;
            }
            parcels = pack(batch, BODY_BYTES_MAX);
        }
        let Some(address) = link
            .members()
            .get(&notary)
            .map(|record| record.details.endpoint.clone())
        else {
            tracing::error!(%notary, "the notary is not in the directory");
            parcels.clear();
            continue;
        };
        if client.as_ref().is_none_or(|(known, _)| *known != address) {
            let fresh = Arc::new(link.at(&notary, address.clone()));
            link.asks_notary_through(Arc::clone(&fresh));
            client = Some((address, fresh));
        }
        let (Some((_, client)), Some(parcel)) = (client.clone(), parcels.pop_front()) else {
            continue;
        };
        let engine = engine.clone();
        tokio::spawn(async move {
            let post = |body| client.post(SUBMIT_PATH, body);
            drop(engine.verdicts(submit(post, parcel).await));
            drop(slot);
        });
    }
}

/// One parcel, until it is answered. A parcel that is too large for the notary goes in halves. What the notary stays silent on,
/// or can't answer now, has no verdict: the flows will ask again.
async fn submit<P, F>(post: P, parcel: Parcel) -> Vec<(TransactionId, Verdict)>
where
    P: Fn(Vec<u8>) -> F,
    F: Future<Output = Result<PeerReply, CallError>>,
{
    let mut verdicts = Vec::new();
    let mut left = VecDeque::from([parcel]);
    while let Some(mut parcel) = left.pop_front() {
        match answered(&post, &parcel).await {
            Answer::Decided(decided) => {
                let ids = parcel.into_iter().map(|sealed| sealed.id);
                verdicts.extend(
                    ids.zip(decided)
                        .filter(|(_, verdict)| !is_for_later(verdict)),
                );
            }
            Answer::TooLarge if parcel.len() > 1 => {
                let second = parcel.split_off(parcel.len() / 2);
                left.push_front(second);
                left.push_front(parcel);
            }
            Answer::TooLarge => {
                let too_large = |sealed: Sealed| {
                    let bytes = sealed.bytes.len();
                    let reason = format!("its {bytes} bytes are more than the notary takes");
                    (
                        sealed.id,
                        Verdict::Refused(NotaryRefusal::Malformed { reason }),
                    )
                };
                verdicts.extend(parcel.into_iter().map(too_large));
            }
            Answer::Silence => {}
        }
    }
    verdicts
}

fn is_for_later(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Refused(refusal @ NotaryRefusal::NotNow { .. }) => {
            tracing::warn!(code = refusal.code(), %refusal, "asking again later");
            true
        }
        _ => false,
    }
}

enum Answer {
    Decided(Vec<Verdict>),
    TooLarge,
    Silence,
}

async fn answered<P, F>(post: &P, parcel: &[Sealed]) -> Answer
where
    P: Fn(Vec<u8>) -> F,
    F: Future<Output = Result<PeerReply, CallError>>,
{
    let body = body(parcel);
    for _ in 0..TRIES {
        match post(body.clone()).await {
            Ok(reply) if reply.status == StatusCode::OK => {
                return match codec::decode::<List<Verdict>>(&reply.body) {
                    Ok(List(verdicts)) if verdicts.len() == parcel.len() => {
                        Answer::Decided(verdicts)
                    }
                    _ => Answer::Silence,
                };
            }
            Ok(reply) if reply.status == StatusCode::PAYLOAD_TOO_LARGE => return Answer::TooLarge,
            Ok(reply) => tracing::warn!(status = %reply.status, "the notary can't answer now"),
            Err(error) => tracing::debug!(%error, "the notary can't be reached"),
        }
        tokio::time::sleep(RETRY).await;
    }
    Answer::Silence
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use ledger::digest::Digest;

    use super::*;

    fn id(n: u8) -> TransactionId {
        TransactionId(Digest([n; 32]))
    }

    fn requests(ids: std::ops::Range<u8>) -> Vec<(TransactionId, Request)> {
        ids.map(|n| (id(n), Request::Status(id(n)))).collect()
    }

    /// Bytes of one of these requests.
    fn each() -> usize {
        codec::encode(&Request::Status(id(1))).len()
    }

    #[test]
    fn parcels_are_packed_by_bytes_and_say_what_the_list_of_requests_says() {
        let all = requests(0..10);
        let table = [
            ("all in one", 10 * each() + HEAD_BYTES, vec![10]),
            ("a byte less", 10 * each() + HEAD_BYTES - 1, vec![9, 1]),
            ("three", 3 * each() + HEAD_BYTES, vec![3, 3, 3, 1]),
            ("each too large alone", 1, vec![1; 10]),
        ];
        for (case, bytes_max, expected) in table {
            let parcels = pack(all.clone(), bytes_max);
            let sizes: Vec<usize> = parcels.iter().map(Vec::len).collect();
            assert_eq!(sizes, expected, "{case}");
            let sent: Vec<Request> = parcels
                .iter()
                .flat_map(|parcel| codec::decode::<Vec<Request>>(&body(parcel)).expect("a list"))
                .collect();
            let meant: Vec<Request> = all.iter().map(|(_, request)| request.clone()).collect();
            assert_eq!(sent, meant, "{case}");
        }
    }

    #[tokio::test]
    async fn a_parcel_that_is_too_large_goes_in_halves_and_what_is_too_large_alone_is_refused() {
        let unknown = |ids: std::ops::Range<u8>| -> Vec<(TransactionId, Verdict)> {
            ids.map(|n| (id(n), Verdict::Unknown(u64::from(n))))
                .collect()
        };
        let refused: Vec<_> = requests(0..2)
            .into_iter()
            .map(|(id, _)| {
                let reason = format!("its {} bytes are more than the notary takes", each());
                (id, Verdict::Refused(NotaryRefusal::Malformed { reason }))
            })
            .collect();
        let table = [
            (
                "it fits",
                5,
                5 * each() + HEAD_BYTES,
                unknown(0..5),
                vec![5],
            ),
            ("halves", 5, 3 * each() + 1, unknown(0..5), vec![2, 3]),
            ("quarters", 5, 2 * each() + 1, unknown(0..5), vec![2, 1, 2]),
            ("nothing fits", 2, 1, refused, vec![]),
        ];
        for (case, count, bytes_max, expected, posts) in table {
            let taken = RefCell::new(Vec::new());
            let post = async |body: Vec<u8>| {
                if body.len() > bytes_max {
                    return Ok(PeerReply::new(StatusCode::PAYLOAD_TOO_LARGE, ""));
                }
                let requests: Vec<Request> = codec::decode(&body).expect("a list");
                taken.borrow_mut().push(requests.len());
                let answer = |r: &Request| Verdict::Unknown(u64::from(r.id().0.0[0]));
                let verdicts: Vec<Verdict> = requests.iter().map(answer).collect();
                Ok(PeerReply::ok(codec::encode(&verdicts)))
            };
            let parcel = pack(requests(0..count), usize::MAX).remove(0).expect("one");
            assert_eq!(submit(&post, parcel).await, expected, "{case}");
            assert_eq!(taken.into_inner(), posts, "{case}");
        }
    }

    #[tokio::test]
    async fn what_the_notary_cannot_answer_now_is_left_to_be_asked_again() {
        let later = NotaryRefusal::NotNow {
            reason: "an unreadable batch".to_owned(),
        };
        let said = vec![Verdict::Refused(later), Verdict::Unknown(1)];
        let post = async |_| Ok(PeerReply::ok(codec::encode(&said)));
        let parcel = pack(requests(0..2), usize::MAX).remove(0).expect("one");
        assert_eq!(
            submit(&post, parcel).await,
            vec![(id(1), Verdict::Unknown(1))]
        );
    }
}
