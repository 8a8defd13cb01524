//! `pvn attach` and `pvn fetch`: files that facts name, sent to a node and fetched from it, chunk by chunk.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use deed::FileAddress;
use indicatif::{ProgressBar, ProgressStyle};
use ledger::file::{FileBuilder, FileTree};
use ledger::limits::CHUNK_BYTES;
use node::config::{Config, Role};

use super::Outcome;
use crate::cli::{Attach, Fetch};
use crate::client::Client;
use crate::output::{complain, say};

/// How often a file is gone over before it is given up: chunks only go missing again if somebody removes them meanwhile.
const ROUNDS: usize = 3;

fn client(node: &Path) -> Result<Client, Box<dyn std::error::Error>> {
    let config = Config::load(&node.join("pvn.toml"))?;
    let Role::Node(settings) = &config.role else {
        return Err("that is not a body's node: name its data folder".into());
    };
    Ok(Client::of(&settings.http_listen.to_string(), node)?)
}

/// How far one has got; it shows nothing where nobody looks.
fn bar(what: &'static str, bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "  {msg:<8} {bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left",
    );
    ProgressBar::new(bytes)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(what)
}

/// Reads the next chunk, which is shorter than the others at the end, and empty after it.
fn next_chunk(from: &mut impl Read, chunk: &mut Vec<u8>) -> io::Result<()> {
    chunk.clear();
    from.take(CHUNK_BYTES as u64).read_to_end(chunk).map(drop)
}

pub(super) fn attach(args: &Attach) -> Outcome {
    let client = client(&args.data)?;
    let mut file = File::open(&args.file)
        .map_err(|error| format!("{} can't be read: {error}", args.file.display()))?;
    let tree = hashed(&mut file)?;
    let address = tree.address();
    let hashes = tree.hashes();
    for _ in 0..ROUNDS {
        let state = client.begin_file(address, &hashes)?;
        if state.missing.is_empty() {
            say!("{address}")?;
            return Ok(ExitCode::SUCCESS);
        }
        if let Err(error) = send(&client, &mut file, &tree, &state) {
            complain!("Give the same command again to go on where it stopped.");
            return Err(error);
        }
    }
    Err("chunks of the file go missing at the node while it is sent".into())
}

fn hashed(file: &mut File) -> Result<FileTree, Box<dyn std::error::Error>> {
    let bar = bar("Hashing", file.metadata()?.len());
    let (mut builder, mut chunk) = (FileBuilder::default(), Vec::new());
    loop {
        next_chunk(file, &mut chunk)?;
        if chunk.is_empty() {
            bar.finish_and_clear();
            return Ok(builder.finish());
        }
        builder.add(&chunk)?;
        bar.inc(chunk.len() as u64);
    }
}

fn send(
    client: &Client,
    file: &mut File,
    tree: &FileTree,
    state: &api::FileState,
) -> Result<(), Box<dyn std::error::Error>> {
    let chunks = || {
        state
            .missing
            .iter()
            .flat_map(|range| range.start..range.end)
    };
    let bar = bar("Sending", tree.address().bytes);
    let there = (tree.leaves().len() as u64).saturating_sub(chunks().count() as u64);
    bar.set_position(there * CHUNK_BYTES as u64);
    let mut chunk = Vec::new();
    for index in chunks() {
        file.seek(SeekFrom::Start(index * CHUNK_BYTES as u64))?;
        next_chunk(file, &mut chunk)?;
        tree.check(index, &chunk)
            .map_err(|error| format!("the file has changed while it was sent: {error}"))?;
        client.send_chunk(tree.address(), index, &chunk)?;
        bar.inc(chunk.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

pub(super) fn fetch(args: &Fetch) -> Outcome {
    let client = client(&args.data)?;
    let part = part_of(&args.output, &args.address);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&part)
        .map_err(|error| format!("{} can't be written: {error}", part.display()))?;
    if let Err(error) = fetch_into(&client, &mut file, args.address) {
        complain!("Give the same command again to go on where it stopped.");
        return Err(error);
    }
    file.sync_all()?;
    std::fs::rename(&part, &args.output)?;
    say!(
        "Fetched {} bytes into {}.",
        args.address.bytes,
        args.output.display()
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Where a file stands until it is whole. Its address is in the name: nothing is gone on with that is another file's.
fn part_of(output: &Path, address: &FileAddress) -> PathBuf {
    let mut name = output.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", ledger::Digest(address.root)));
    output.with_file_name(name)
}

fn fetch_into(
    client: &Client,
    file: &mut File,
    address: FileAddress,
) -> Result<(), Box<dyn std::error::Error>> {
    let bar = bar("Fetching", address.bytes);
    let (mut builder, mut chunk, mut there) = (FileBuilder::default(), Vec::new(), 0);
    loop {
        next_chunk(file, &mut chunk)?;
        // What follows the last whole chunk is fetched again.
        if chunk.len() < CHUNK_BYTES || there + chunk.len() as u64 > address.bytes {
            break;
        }
        builder.add(&chunk)?;
        there += chunk.len() as u64;
    }
    file.set_len(there)?;
    file.seek(SeekFrom::Start(there))?;
    bar.set_position(there);
    if there < address.bytes {
        let mut from = client.file_from(address, there)?;
        loop {
            next_chunk(&mut from, &mut chunk)?;
            if chunk.is_empty() {
                break;
            }
            builder.add(&chunk)?;
            file.write_all(&chunk)?;
            bar.inc(chunk.len() as u64);
        }
    }
    bar.finish_and_clear();
    if builder.finish().address() == address {
        return Ok(());
    }
    file.set_len(0)?;
    Err("what has come is not the file: it is fetched from its beginning the next time".into())
}
