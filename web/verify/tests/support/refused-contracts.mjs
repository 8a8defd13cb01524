// Texts that every verifier must refuse as contracts, since they could be read in two ways, or change what a proof means.

export const HEAD = 'contract town version 1 "A town."\n\nparty bank = "TOWN-BANK"\n';
const FACT = "fact Coin\n  amount: money GBP\n  holder: party\n  controlled by holder\n";

/** Each with the reason. */
export function refusedContracts() {
  return [
    ["", "the contract is empty"],
    ["# nothing\n", "the contract is empty"],
    [`${HEAD}\tfact Coin\n`, "line 4: a tab or another control character"],
    [`${HEAD}${FACT} attested by bank\n`, "line 8: it begins at another column than its neighbours"],
    [`${HEAD}${FACT}  attested by bank\n  attested by holder\n`, "line 4: it says twice who attests it"],
    [`${HEAD}${FACT}  shown by bank\n  shown by holder\n`, "line 4: it says twice who shows it"],
    [`${HEAD}${FACT.replace("Coin", "Coin is money")}  shown by holder\n`, "line 8: money is not shown by anybody"],
    [`${HEAD}${FACT}  shown by mint\n`, "line 8: there is no field or party mint"],
    [`${HEAD}${FACT}  shown by bank, holder\n`, "line 8: expected the end of the clause, found ,"],
    [`${HEAD}${FACT.replace("holder: party", "holder: party or none")}  shown by holder\n`, "line 8: holder may be nobody"],
    [`${HEAD}${FACT}  credential "https://a.example/b"\n`, "line 4: anybody could show it as a credential"],
    [`${HEAD}${FACT}  shown by holder\n${'  credential "https://a.example/b"\n'.repeat(2)}`, "line 4: it says twice which credential it is"],
    ...["http://a.example/b", "https://", "https:///b", "https://A.example/b", "https://a.example/b#c", "https://a.example:8443/b", "https://a..example/b", "https://a.example/b c", "https://a.example/é", `https://a.example/${"b".repeat(239)}`].map(
      (vct) => [`${HEAD}${FACT}  shown by holder\n  credential "${vct}"\n`, "line 9: a credential's type is an https address"],
    ),
    [`${HEAD}${FACT}  shown by holder\n  credential "https://a.example" until holder\n`, "line 9: holder is not a field with a date"],
    [`${HEAD}${FACT}  shown by holder\n  credential "https://a.example" until ever\n`, "line 9: ever is not a field with a date"],
    [`${HEAD}${FACT}  attested by mint\n`, "line 8: there is no field or party mint"],
    [`${HEAD}${FACT}  attested by amount\n`, "line 8: amount may be nobody"],
    [`${HEAD}${FACT.replace("holder: party", "holder: party or none")}  attested by holder\n`, "line 8: holder may be nobody"],
    [`${HEAD}${FACT}  attested by any 2 of bank\n`, "line 8: any 2 of 1 can't be asked for"],
    [`${HEAD}${FACT}  attested by bank and holder\n`, "line 8: expected the end of the clause, found and"],
    [`${HEAD}party holder = "A"\n${FACT}  attested by holder\n`, "line 9: holder is both a field and a party of the contract"],
    [`${HEAD}${FACT}  holder: text\n`, "line 4: two fields have one name"],
    [`${HEAD}${FACT}${FACT}`, "line 8: Coin is declared twice"],
    [`${HEAD}${FACT}  vouched for by bank\n`, "line 8: this clause of a fact is not known"],
    [`${HEAD}${FACT}  h\u043elder: party\n`, "line 8: this clause of a fact is not known"],
    [`${HEAD}fact Coin\n  attested by bank\n`, "line 4: it has no fields"],
    [`${HEAD}promise Coin\n`, "line 4: this declaration is not known"],
    [`${HEAD}party mint = "TOWN MINT"\n`, "line 4: TOWN MINT is not a party's identifier"],
    [`${HEAD}party bank = "OTHER"\n`, "line 4: bank is declared twice"],
    [`${HEAD}fact Coin\n  of: Metal\n`, "line 5: there is no type Metal"],
    [`${HEAD}uses cash sha256 "${"1".repeat(64)}"\n`, "line 4: the text of cash with this hash is not given"],
  ];
}
