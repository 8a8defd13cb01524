//! Filling the index.

use rusqlite::{CachedStatement, Transaction, params};

use super::{PortalStore, lock};
use crate::portal::description::Description;
use crate::portal::ingest::{Entry, FlowEntry, Named, PaymentEntry, PublishedFact, entry};

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Facts that are new in the index.
    pub added: u64,
    /// Facts that were there already.
    pub known: u64,
    /// Of those added, the ones that the description can't read; see [`crate::portal::SetAside`].
    pub set_aside: u64,
}

/// Why nothing of a batch was written.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The file can't be written, or an amount overflowed a total.
    #[error("the portal's index can't be written")]
    Database(#[from] rusqlite::Error),
    /// Names of attestors could not be written down.
    #[error("the names of those who vouch for {id} can't be written down")]
    Names {
        /// The fact.
        id: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl PortalStore {
    /// Adds facts in one transaction: all or nothing. A fact that is there already is left as it is, so a
    /// batch can be handed over any number of times. Readers of events are told after the commit.
    ///
    /// # Errors
    /// See [`IngestError`]; nothing was written then.
    pub fn ingest(&self, facts: &[PublishedFact]) -> Result<Ingested, IngestError> {
        let mut writer = lock(&self.writer);
        let batch = writer.transaction()?;
        let mut done = Ingested::default();
        for fact in facts {
            match add(&batch, &self.description, fact)? {
                None => done.known += 1,
                Some(set_aside) => {
                    done.added += 1;
                    done.set_aside += u64::from(set_aside);
                }
            }
        }
        let last = moment(&batch, facts, done.set_aside)?;
        batch.commit()?;
        self.last
            .send_if_modified(|seen| std::mem::replace(seen, last) != last);
        Ok(done)
    }
}

/// Notes up to when the index is filled. Gives the number of the last fact.
fn moment(
    batch: &Transaction<'_>,
    facts: &[PublishedFact],
    set_aside: u64,
) -> rusqlite::Result<u64> {
    let latest_at = facts.iter().map(|fact| fact.notarised_at).max();
    let log_index = facts.iter().map(|fact| fact.log_index).max();
    batch
        .prepare_cached(
            "UPDATE moment SET last = (SELECT coalesce(max(seq), 0) FROM fact),
             latest_at = max(coalesce(latest_at, ?1), coalesce(?1, latest_at)),
             log_index = max(coalesce(log_index, ?2), coalesce(?2, log_index)),
             set_aside = set_aside + ?3 RETURNING last",
        )?
        .query_row(params![latest_at, log_index, set_aside], |row| row.get(0))
}

/// None if the fact is known; else whether it was set aside.
fn add(
    batch: &Transaction<'_>,
    description: &Description,
    fact: &PublishedFact,
) -> Result<Option<bool>, IngestError> {
    let names = serde_json::to_string(&fact.attested_by).map_err(|source| IngestError::Names {
        id: fact.id.clone(),
        source,
    })?;
    let read = entry(description, fact);
    let set_aside = read.as_ref().err().map(ToString::to_string);
    let added = batch
        .prepare_cached(
            "INSERT INTO fact (id, transaction_id, contract, kind, log_index, notarised_at, attested_by, set_aside)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![fact.id, fact.transaction, fact.contract, fact.kind, fact.log_index, fact.notarised_at, names, set_aside])?;
    if added == 0 {
        return Ok(None);
    }
    let seq = batch.last_insert_rowid();
    batch
        .prepare_cached("INSERT INTO proof VALUES (?1, ?2)")?
        .execute(params![seq, fact.proof])?;
    match read {
        Ok(Entry::Flow(flow)) => add_flow(batch, seq, &flow)?,
        Ok(Entry::Payment(payment)) => add_payment(batch, seq, &payment)?,
        Ok(Entry::Other) | Err(_) => {}
    }
    Ok(Some(set_aside.is_some()))
}

fn add_flow(batch: &Transaction<'_>, seq: i64, flow: &FlowEntry) -> rusqlite::Result<()> {
    name(batch, &flow.giver)?;
    name(batch, &flow.receiver)?;
    let FlowEntry {
        step,
        giver,
        receiver,
        amount,
        year,
        purpose,
        source,
        line,
        role,
    } = flow;
    batch
        .prepare_cached("INSERT INTO flow VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![
            seq,
            step,
            giver.id,
            receiver.id,
            amount,
            year,
            purpose,
            source,
            line,
            role.as_str()
        ])
        .map(drop)
}

fn add_payment(batch: &Transaction<'_>, seq: i64, payment: &PaymentEntry) -> rusqlite::Result<()> {
    name(batch, &payment.payer)?;
    if let Some(member) = &payment.member {
        name(batch, member)?;
    }
    let member = payment.member.as_ref().map(|member| &member.id);
    let treatment = payment.treatment.as_str();
    let PaymentEntry {
        payer,
        payee,
        amount,
        published,
        purpose,
        function,
        line,
        source,
        period,
        ordinal,
        reference,
        year,
        ..
    } = payment;
    batch
        .prepare_cached("INSERT INTO payment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)")?
        .execute(params![seq, payer.id, payee, member, amount, published, purpose, function, line, treatment, source, period, ordinal, reference, year])?;
    batch
        .prepare_cached(
            "INSERT INTO payment_text (rowid, payee, purpose, payer) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![seq, payee, purpose, payer.name])?;
    total(batch, "spend (payer, function, line, treatment", 4)?
        .execute(params![payer.id, function, line, treatment, amount])?;
    total(batch, "file (payer, source, period, treatment", 4)?
        .execute(params![payer.id, source, period, treatment, amount])?;
    if let (Some(member), "transfer") = (member, treatment) {
        total(batch, "received (member", 1)?.execute(params![member, amount])?;
    }
    Ok(())
}

/// Adds one payment to a table of totals, of which the first columns are the key. SQLite refuses a
/// sum that no longer fits in 64 bits, and so the batch.
fn total<'a>(
    batch: &'a Transaction<'_>,
    key: &str,
    columns: usize,
) -> rusqlite::Result<CachedStatement<'a>> {
    let values: String = (1..=columns).map(|at| format!("?{at}, ")).collect();
    let amount = columns + 1;
    batch.prepare_cached(&format!(
        "INSERT INTO {key}, payments, amount) VALUES ({values}1, ?{amount})
         ON CONFLICT DO UPDATE SET payments = payments + 1, amount = amount + excluded.amount"
    ))
}

fn name(batch: &Transaction<'_>, party: &Named) -> rusqlite::Result<()> {
    batch
        .prepare_cached("INSERT INTO party VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = excluded.name WHERE name <> excluded.name")?
        .execute([&party.id, &party.name])
        .map(drop)
}
