package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kong/go-database-reconciler/pkg/file"
	"github.com/kong/go-kong/kong"
	"sigs.k8s.io/yaml"
)

const goldenGroup = "ingress controller"

// selector is the tag of everything that the Ingress Controller creates in a database, so that it deletes nothing of others.
const selector = "managed-by-ingress-controller"

// refusedPrefix begins the first line of a state that has to be refused. The rest of the line is a part of the error.
const refusedPrefix = "# refused: "

// golden syncs each state of a directory as the Ingress Controller does with a database: with its tag, and without decK's checks of
// the file. A second diff has to be empty. Then it deletes the state.
func golden(client *kong.Client, directory string) {
	pair := newCertified("golden")
	paths, err := statesOf(directory)
	must(err)
	for _, path := range paths {
		name, err := filepath.Rel(directory, path)
		must(err)
		refusal, err := refusalOf(path)
		must(err)
		goldenState(client, name, controlled(path, pair), refusal)
	}
}

func goldenState(client *kong.Client, name string, wanted source, refusal string) {
	_, _, err := solve(client, wanted, false)
	switch {
	case refusal == "":
		report(goldenGroup, name+": sync", err)
		if err == nil {
			expectSame(client, name, wanted)
		}
	case err == nil:
		report(goldenGroup, name+": is refused", fmt.Errorf("accepted, expected %s", refusal))
	case !strings.Contains(err.Error(), refusal):
		report(goldenGroup, name+": is refused", fmt.Errorf("%w, expected %s", err, refusal))
	default:
		report(goldenGroup, name+": is refused", nil)
	}
	if _, _, err := solve(client, unmanaged, false); err != nil {
		report(goldenGroup, name+": reset", err)
	}
}

func expectSame(client *kong.Client, name string, wanted source) {
	found, names, err := solve(client, wanted, true)
	if err == nil && found != (changes{}) {
		err = fmt.Errorf("%+v: %s", found, names)
	}
	report(goldenGroup, name+": second diff is empty", err)
}

// statesOf lists the states below a directory. The golden files of the Ingress Controller stand beside their inputs and settings.
func statesOf(directory string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		isState := strings.HasSuffix(name, ".yaml") && name != "in.yaml" && !strings.HasSuffix(name, "_settings.yaml")
		if isState && !entry.IsDir() {
			paths = append(paths, path)
		}
		return nil
	})
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("no state in %s", directory)
	}
	return paths, err
}

// refusalOf is the error that a state has to cause; empty if the state is valid.
func refusalOf(path string) (string, error) {
	state, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer state.Close()
	lines := bufio.NewScanner(state)
	lines.Scan()
	refusal, isRefused := strings.CutPrefix(lines.Text(), refusedPrefix)
	if !isRefused {
		refusal = ""
	}
	return refusal, lines.Err()
}

// controlled reads a state as the Ingress Controller makes it. The certificate "generated" stands for a key pair of this run.
func controlled(path string, pair certified) source {
	return func() (*file.Content, error) {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		content := &file.Content{}
		if err := yaml.Unmarshal(text, content); err != nil {
			return nil, err
		}
		for i := range content.Certificates {
			certificate := &content.Certificates[i]
			if certificate.Cert != nil && *certificate.Cert == "generated" {
				certificate.Cert, certificate.Key = kong.String(pair.cert), kong.String(pair.key)
			}
		}
		content.Info = &file.Info{SelectorTags: []string{selector}}
		return content, nil
	}
}

// unmanaged is the state in which nothing of the Ingress Controller remains.
func unmanaged() (*file.Content, error) {
	return &file.Content{FormatVersion: "3.0", Info: &file.Info{SelectorTags: []string{selector}}}, nil
}
