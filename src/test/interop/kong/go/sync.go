package main

import (
	"path/filepath"

	"github.com/kong/go-kong/kong"
)

// roundTrip syncs a state file with an empty gateway, expects an empty second diff, and deletes all again. The file may be any that
// the reconciler reads. Its cases have the name of the file.
func roundTrip(client *kong.Client, path string) {
	wanted, name := from(path), filepath.Base(path)
	planned, _, err := solve(client, wanted, true)
	report(group, name+": diff", err)
	if err != nil {
		return
	}
	expectChanges(client, name+": sync", wanted, false, planned)
	expectChanges(client, name+": second diff is empty", wanted, true, changes{})
	// A sync that failed has created only some of the entities.
	_, _, err = solve(client, nothing, false)
	report(group, name+": reset", err)
	expectChanges(client, name+": nothing remains", nothing, true, changes{})
}
