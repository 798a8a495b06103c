// Program config-go answers questions about configuration texts with Kubernetes' own code, for comparison with
// seawall. The first argument says what to do with each text; each mode has its own file.
//
// In: frames of a 4-byte big-endian length and as many bytes of text. Out: one line of JSON per text.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// modes maps the first argument to the answer for one text.
var modes = map[string]func(text []byte) any{
	"convert": convert,
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: config-go MODE")
	}
	answer, ok := modes[os.Args[1]]
	if !ok {
		return fmt.Errorf("unknown mode %q", os.Args[1])
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<16)
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	encoder := json.NewEncoder(out)
	for {
		var length uint32
		if err := binary.Read(in, binary.BigEndian, &length); err == io.EOF {
			return out.Flush()
		} else if err != nil {
			return err
		}
		text := make([]byte, length)
		if _, err := io.ReadFull(in, text); err != nil {
			return err
		}
		if err := encoder.Encode(answer(text)); err != nil {
			return err
		}
		// Whoever asks one question at a time waits for the answer.
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}
