// Command kong uses Gatehouse's Admin API with the libraries of Kong's own tools: go-kong, and the reconciler that decK and the
// Kong Ingress Controller use. It prints a JSON line for each case.
//
// Usage: kong ADMIN-URL STATE-FILE
//
//	kong ADMIN-URL SERVICES ROUTES CONSUMERS
//	kong ADMIN-URL sync STATE-FILE...
//	kong ADMIN-URL golden DIRECTORY
//
// The second form times what decK does with a state of so many entities. The third form syncs, diffs and deletes the state of each
// file, which may be any that decK reads. The fourth form syncs and diffs each state below a directory as the Kong Ingress Controller
// does, for example its golden files.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/kong/go-kong/kong"
)

func main() {
	client, err := kong.NewClient(&os.Args[1], &http.Client{Transport: recorder{}})
	must(err)
	if os.Args[2] == "sync" {
		for _, path := range os.Args[3:] {
			roundTrip(client, path)
		}
		return
	}
	if os.Args[2] == "golden" {
		golden(client, os.Args[3])
		return
	}
	if len(os.Args) == 5 {
		large(client, os.Args[2:])
		return
	}
	pair, other := newCertified("first"), newCertified("second")
	plugins := node(client, pair)
	entities(client, pair, other, plugins)
	// The state file refers to these as a file of decK does.
	must(os.Setenv("DECK_CERT", pair.cert))
	must(os.Setenv("DECK_KEY", pair.key))
	must(os.Setenv("DECK_AUTHORITY", pair.authority))
	reconcile(client, os.Args[2])
}

// entities runs the cases of every type of entity, and deletes what these need.
func entities(client *kong.Client, pair, other certified, plugins map[string]bool) {
	made := func(path string, given object) string {
		created, err := raw(client, http.MethodPost, path, given)
		must(err)
		return created["id"].(string)
	}
	parents := [][2]string{}
	parent := func(path string, given object) string {
		id := made(path, given)
		parents = append(parents, [2]string{path, id})
		return id
	}
	places := make([]string, 5)
	for n := range places {
		places[n] = parent("/services", object{"name": fmt.Sprint("parent-", n), "host": "parent.example"})
	}
	kinds := core(client, pair, other, places)
	upstream := parent("/upstreams", object{"name": "parent.upstream"})
	certificate := parent("/certificates", object{"cert": pair.cert, "key": pair.key})
	consumer := parent("/consumers", object{"username": "parent", "custom_id": "parent-custom"})
	kinds = append(kinds, below(client, upstream, certificate, parent("/key-sets", object{"name": "parent"}), consumer, pair)...)
	for _, kind := range kinds {
		if kind.needs != "" && !plugins[kind.needs] {
			reportNeed(kind.name, "all", kind.needs)
			continue
		}
		kind.run(client)
	}
	relations(client, places[0], consumer, upstream, certificate)
	for i := len(parents) - 1; i >= 0; i-- {
		request, err := client.NewRequest(http.MethodDelete, parents[i][0]+"/"+parents[i][1], nil, nil)
		must(err)
		_, err = client.Do(context.Background(), request, nil)
		must(err)
	}
}
