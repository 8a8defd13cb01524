// Reads a log as a stranger does, with the Go project's own note and tree code (golang.org/x/mod/sumdb), which shares nothing
// with this project: checks the checkpoint's signature, every entry against the tree, and that an earlier size is its prefix.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run ./scripts/tlog-client URL VKEY [COSIGNER-VKEY...]
//
// Prints one JSON object. Debian: golang-go, golang-golang-x-mod-dev.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

type client struct{ base string }

func (c client) get(path string) ([]byte, error) {
	answer, err := http.Get(c.base + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// Go's own names of tiles begin with their height; those of C2SP tlog-tiles do not.
func c2sp(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tile.H), "tile/", 1)
}

func (c client) Height() int { return 8 }

func (c client) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		bytes, err := c.get(c2sp(tile))
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}

func (c client) SaveTiles([]tlog.Tile, [][]byte) {}

// A verifier of C2SP cosignature/v1 lines, which x/mod's note package does not have.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
}

func verifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize {
		return note.NewVerifier(vkey)
	}
	if key[0] != 4 {
		return note.NewVerifier(vkey)
	}
	id, err := strconv.ParseUint(parts[1], 16, 32)
	return cosigner{parts[0], uint32(id), key[1:]}, err
}

func entries(bytes []byte) ([][]byte, error) {
	var all [][]byte
	for len(bytes) > 0 {
		if len(bytes) < 2 {
			return nil, errors.New("a bundle is cut")
		}
		length := int(binary.BigEndian.Uint16(bytes))
		if len(bytes) < 2+length {
			return nil, errors.New("an entry is cut")
		}
		all = append(all, bytes[2:2+length])
		bytes = bytes[2+length:]
	}
	return all, nil
}

func run(base string, vkeys []string) (map[string]interface{}, error) {
	c := client{base}
	var known []note.Verifier
	for _, vkey := range vkeys {
		v, err := verifier(vkey)
		if err != nil {
			return nil, err
		}
		known = append(known, v)
	}
	signed, err := c.get("checkpoint")
	if err != nil {
		return nil, err
	}
	opened, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return nil, err
	}
	if len(opened.Sigs) != len(known) {
		return nil, fmt.Errorf("%d of %d signed", len(opened.Sigs), len(known))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != known[0].Name() {
		return nil, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return nil, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, err
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, c)
	seen := int64(0)
	for bundle := int64(0); bundle*width < size; bundle++ {
		path := c2sp(tlog.Tile{H: 8, L: -1, N: bundle, W: int(min(width, size-bundle*width))})
		bytes, err := c.get(strings.Replace(path, "tile/data/", "tile/entries/", 1))
		if err != nil {
			return nil, err
		}
		all, err := entries(bytes)
		if err != nil {
			return nil, err
		}
		for _, entry := range all {
			found, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, seen)})
			if err != nil {
				return nil, err
			}
			if found[0] != tlog.RecordHash(entry) {
				return nil, fmt.Errorf("entry %d is not under the checkpoint", seen)
			}
			seen++
		}
	}
	if seen != size {
		return nil, fmt.Errorf("%d entries of %d", seen, size)
	}
	for older := int64(1); older < size; older = older*2 + 1 {
		before, err := tlog.TreeHash(older, reader)
		if err != nil {
			return nil, err
		}
		proof, err := tlog.ProveTree(size, older, reader)
		if err != nil {
			return nil, err
		}
		if err := tlog.CheckTree(proof, size, root, older, before); err != nil {
			return nil, err
		}
	}
	return map[string]interface{}{"valid": true, "entries": size, "signatures": len(opened.Sigs)}, nil
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func main() {
	said, err := run(strings.TrimSuffix(os.Args[1], "/"), os.Args[2:])
	code := 0
	if err != nil {
		said, code = map[string]interface{}{"valid": false, "reason": err.Error()}, 1
	}
	json.NewEncoder(os.Stdout).Encode(said)
	os.Exit(code)
}
