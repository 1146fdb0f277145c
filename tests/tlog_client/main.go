// main.go — somebody else's client reads and verifies a running log: golang.org/x/mod's sumdb/tlog
// and note, which know nothing of this project. Only the tiles' paths are adapted, from the form of
// Go's checksum database to that of C2SP tlog-tiles, which are one tree.
//
//	tlog_client URL PIN [CHECKPOINT]
//
// Opens the checkpoint with the pin's key, leads every tile to its root, looks up records with
// proofs, compares every bundle of entries with the tree, and proves that the log extends the
// older checkpoint, if one is given, and each of some smaller sizes.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height    = 8
	width     = 1 << height
	answerMax = 20 << 20
)

func check(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "tlog_client: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func fail(format string, values ...interface{}) {
	check(fmt.Errorf(format, values...), "not as it must be")
}

type server struct {
	url    string
	client http.Client
	asked  int
}

func (s *server) get(path string) ([]byte, http.Header, error) {
	s.asked++
	answer, err := s.client.Get(s.url + path)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, answerMax))
	return data, answer.Header, err
}

// number writes a tile's number in groups of three digits, as both forms do.
func number(n int64) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		text = fmt.Sprintf("x%03d/%s", n%1000, text)
	}
	return text
}

func partial(w int) string {
	if w == width {
		return ""
	}
	return fmt.Sprintf(".p/%d", w)
}

// Height, ReadTiles and SaveTiles make the server a tlog.TileReader.
func (s *server) Height() int { return height }

func (s *server) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		body, header, err := s.get(fmt.Sprintf("/tile/%d/%s%s", t.L, number(t.N), partial(t.W)))
		if err != nil {
			return nil, err
		}
		if got := header.Get("Content-Type"); got != "application/octet-stream" {
			return nil, fmt.Errorf("a tile of hashes is %q", got)
		}
		data[i] = body
	}
	return data, nil
}

func (s *server) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

// The first log line of a pin: "log <vkey> [<url>]".
func verifier(file string) note.Verifier {
	text, err := os.ReadFile(file)
	check(err, file)
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		if len(words) >= 2 && words[0] == "log" {
			v, err := note.NewVerifier(words[1])
			check(err, file)
			return v
		}
	}
	fail("%s has no log line", file)
	return nil
}

// A checkpoint's text: origin, size, root.
func open(message []byte, v note.Verifier) tlog.Tree {
	n, err := note.Open(message, note.VerifierList(v))
	check(err, "checkpoint")
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != v.Name() || lines[3] != "" {
		fail("the checkpoint's text: %q", n.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "checkpoint size")
	root, err := tlog.ParseHash(lines[2])
	check(err, "checkpoint root")
	return tlog.Tree{N: size, Hash: root}
}

// The entries of a bundle: two bytes of length before each.
func split(data []byte, count int) [][]byte {
	var records [][]byte
	for len(data) >= 2 {
		size := int(data[0])<<8 | int(data[1])
		if len(data) < 2+size {
			fail("a bundle is cut off")
		}
		records = append(records, data[2:2+size])
		data = data[2+size:]
	}
	if len(data) != 0 || len(records) != count {
		fail("a bundle of %d entries has %d", count, len(records))
	}
	return records
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: tlog_client URL PIN [CHECKPOINT]")
		os.Exit(2)
	}
	s := &server{url: strings.TrimRight(os.Args[1], "/"), client: http.Client{Timeout: 30 * time.Second}}
	v := verifier(os.Args[2])
	message, header, err := s.get("/checkpoint")
	check(err, "checkpoint")
	if got := header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		fail("the checkpoint is %q", got)
	}
	tree := open(message, v)
	hashes := tlog.TileHashReader(tree, s)

	root, err := tlog.TreeHash(tree.N, hashes)
	check(err, "the tree's root")
	if root != tree.Hash {
		fail("the tree's root is another than the checkpoint's")
	}

	records := 0
	for first := int64(0); first < tree.N; first += width {
		count := tree.N - first
		if count > width {
			count = width
		}
		path := fmt.Sprintf("/tile/entries/%s%s", number(first/width), partial(int(count)))
		data, _, err := s.get(path)
		check(err, "entries")
		var indexes []int64
		for i := int64(0); i < count; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+i))
		}
		want, err := hashes.ReadHashes(indexes)
		check(err, "hashes of records")
		for i, record := range split(data, int(count)) {
			if tlog.RecordHash(record) != want[i] {
				fail("record %d is not the tree's", first+int64(i))
			}
			n := first + int64(i)
			if n%97 != 0 && n != tree.N-1 {
				continue
			}
			proof, err := tlog.ProveRecord(tree.N, n, hashes)
			check(err, "proof of a record")
			check(tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(record)), "record")
			records++
		}
	}

	sizes := 0
	for n := int64(1); n <= tree.N; n = n*3/2 + 1 {
		older, err := tlog.TreeHash(n, hashes)
		check(err, "an older root")
		proof, err := tlog.ProveTree(tree.N, n, hashes)
		check(err, "proof of an older tree")
		check(tlog.CheckTree(proof, tree.N, tree.Hash, n, older), "an older tree")
		sizes++
	}
	if len(os.Args) > 3 {
		kept, err := os.ReadFile(os.Args[3])
		check(err, os.Args[3])
		older := open(kept, v)
		proof, err := tlog.ProveTree(tree.N, older.N, hashes)
		check(err, "proof of the older checkpoint")
		check(tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash), "the older checkpoint")
		fmt.Printf("extends %d entries\n", older.N)
	}
	fmt.Printf("verified %d entries, %d proofs of records, %d of older trees\n", tree.N, records, sizes)
}
