use std::sync::Arc;
use std::time::Duration;

use node::transport::{CallError, PeerReply};
use tokio::sync::{Notify, mpsc};

use super::{client, serve};
use crate::network::Network;

#[tokio::test]
async fn requests_under_way_are_finished_and_new_ones_refused() {
    let network = Network::new();
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let release = Arc::new(Notify::new());
    let hold = Arc::clone(&release);
    let server = serve(&network.credentials("B"), move |_| {
        arrived.send(()).unwrap();
        let hold = Arc::clone(&hold);
        async move {
            hold.notified().await;
            PeerReply::ok("finished")
        }
    })
    .await;
    let address = server.address();
    let slow = Arc::new(client("B", &server, &network.credentials("A")));
    let late = client("B", &server, &network.credentials("C"));
    let call = tokio::spawn({
        let slow = Arc::clone(&slow);
        async move { slow.post("/", "x").await }
    });
    arrivals.recv().await.unwrap();

    let stopping = tokio::spawn(server.shutdown(Duration::from_secs(20)));
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(
        late.post("/", "x").await,
        Err(CallError::Unreachable { .. })
    ));
    release.notify_one();
    assert_eq!(call.await.unwrap().unwrap(), PeerReply::ok("finished"));
    assert!(stopping.await.unwrap(), "all had finished");
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_ended() {
    let network = Network::new();
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let server = serve(&network.credentials("B"), move |_| {
        arrived.send(()).unwrap();
        std::future::pending()
    })
    .await;
    let client = Arc::new(client("B", &server, &network.credentials("A")));
    let call = tokio::spawn(async move { client.post("/", "x").await });
    arrivals.recv().await.unwrap();
    assert!(!server.shutdown(Duration::from_millis(50)).await);
    match call.await.unwrap() {
        Err(
            CallError::Broken { .. } | CallError::Unreachable { .. } | CallError::Answer { .. },
        ) => {}
        other => panic!("{other:?}"),
    }
}
