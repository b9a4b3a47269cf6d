package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/blang/semver/v4"
	"github.com/kong/go-database-reconciler/pkg/diff"
	"github.com/kong/go-database-reconciler/pkg/dump"
	"github.com/kong/go-database-reconciler/pkg/file"
	"github.com/kong/go-database-reconciler/pkg/state"
	"github.com/kong/go-kong/kong"
)

const group = "reconciler"

// parallelism is decK's default: so many requests at a time.
const parallelism = 10

// source reads a state. The reconciler changes what it reads, so each step reads it again.
type source func() (*file.Content, error)

func from(path string) source {
	return func() (*file.Content, error) { return file.GetContentFromFiles([]string{path}, false) }
}

func (read source) changed() source {
	return func() (*file.Content, error) {
		content, err := read()
		if err == nil {
			content.Services[0].Retries = kong.Int(9)
			content.Consumers[0].Tags = kong.StringSlice("changed")
		}
		return content, err
	}
}

func nothing() (*file.Content, error) {
	return &file.Content{FormatVersion: "3.0"}, nil
}

// reconcile runs what decK's sync, diff, dump and reset do.
func reconcile(client *kong.Client, path string) {
	wanted := from(path)
	content, err := wanted()
	if err != nil {
		report(group, "read the state", err)
		return
	}
	all := count(content)
	expectChanges(client, "diff of an empty gateway", wanted, true, changes{created: all})
	expectChanges(client, "sync", wanted, false, changes{created: all})
	expectChanges(client, "second diff is empty", wanted, true, changes{})
	expectChanges(client, "second sync changes nothing", wanted, false, changes{})

	directory, err := os.MkdirTemp("", "kong-dump-")
	must(err)
	defer func() { must(os.RemoveAll(directory)) }()
	dumped, err := dumpTo(client, directory+"/kong.yaml")
	if err == nil && count(dumped) != all {
		err = fmt.Errorf("%d entities, expected %d", count(dumped), all)
	}
	report(group, "dump has every entity", err)
	again := from(directory + "/kong.yaml")
	expectChanges(client, "diff of the dump is empty", again, true, changes{})
	expectChanges(client, "sync of two changes", wanted.changed(), false, changes{updated: 2})
	expectChanges(client, "diff after the changes is empty", wanted.changed(), true, changes{})
	expectChanges(client, "reset", nothing, false, changes{deleted: all})
	empty, err := dumpTo(client, directory+"/empty.yaml")
	if err == nil && count(empty) != 0 {
		err = fmt.Errorf("%d entities", count(empty))
	}
	report(group, "nothing remains", err)
	expectChanges(client, "sync of the dump", again, false, changes{created: all})
	expectChanges(client, "diff after the dump is empty", wanted, true, changes{})
	expectChanges(client, "second reset", nothing, false, changes{deleted: all})
}

type changes struct{ created, updated, deleted int }

// expectChanges reports a sync, or a diff if isDry, that has to make exactly these changes.
func expectChanges(client *kong.Client, name string, read source, isDry bool, wanted changes) {
	found, names, err := solve(client, read, isDry)
	if err == nil && found != wanted {
		err = fmt.Errorf("%+v, expected %+v: %s", found, wanted, names)
	}
	report(group, name, err)
}

func solve(client *kong.Client, read source, isDry bool) (changes, string, error) {
	ctx := context.Background()
	content, err := read()
	if err != nil {
		return changes{}, "", err
	}
	config := dump.Config{}
	if content.Info != nil {
		config.SelectorTags = content.Info.SelectorTags
	}
	current, err := currentState(client, config)
	if err != nil {
		return changes{}, "", err
	}
	raw, err := file.Get(ctx, content, file.RenderConfig{
		CurrentState: current, KongVersion: semver.MustParse("3.10.0"),
	}, config, client)
	if err != nil {
		return changes{}, "", err
	}
	target, err := state.Get(raw)
	if err != nil {
		return changes{}, "", err
	}
	var names []string
	note := func(arguments ...any) { names = append(names, fmt.Sprint(arguments...)) }
	syncer, err := diff.NewSyncer(diff.SyncerOpts{
		CurrentState: current, TargetState: target, KongClient: client, SilenceWarnings: true, NoMaskValues: true,
		CreatePrintln: note, UpdatePrintln: note, DeletePrintln: note,
	})
	if err != nil {
		return changes{}, "", err
	}
	stats, failures, _ := syncer.Solve(ctx, parallelism, isDry, false)
	if len(failures) > 0 {
		err = fmt.Errorf("%v", failures)
	}
	sort.Strings(names)
	list := strings.Join(names, "; ")
	return changes{
		int(stats.CreateOps.Count()), int(stats.UpdateOps.Count()), int(stats.DeleteOps.Count()),
	}, list[:min(len(list), 600)], err
}

func currentState(client *kong.Client, config dump.Config) (*state.KongState, error) {
	raw, err := dump.Get(context.Background(), client, config)
	if err != nil {
		return nil, err
	}
	return state.Get(raw)
}

// dumpTo writes what the gateway has to a file, as decK does.
func dumpTo(client *kong.Client, path string) (*file.Content, error) {
	current, err := currentState(client, dump.Config{})
	if err != nil {
		return nil, err
	}
	content, err := file.KongStateToContent(current, file.WriteConfig{KongVersion: "3.10.0"})
	if err != nil {
		return nil, err
	}
	return content, file.WriteContentToFile(content, path, file.YAML)
}

// count is the number of entities of a file.
func count(content *file.Content) int {
	entities := len(content.Services) + len(content.Routes) + len(content.Plugins) + len(content.Upstreams) +
		len(content.Certificates) + len(content.CACertificates) + len(content.Consumers) + len(content.Vaults) +
		len(content.Keys) + len(content.KeySets)
	for _, service := range content.Services {
		entities += len(service.Routes) + len(service.Plugins)
		for _, route := range service.Routes {
			entities += len(route.Plugins)
		}
	}
	for _, route := range content.Routes {
		entities += len(route.Plugins)
	}
	for _, upstream := range content.Upstreams {
		entities += len(upstream.Targets)
	}
	for _, certificate := range content.Certificates {
		entities += len(certificate.SNIs)
	}
	for _, consumer := range content.Consumers {
		entities += len(consumer.Plugins) + len(consumer.KeyAuths) + len(consumer.JWTAuths) + len(consumer.ACLGroups) +
			len(consumer.Oauth2Creds) + len(consumer.BasicAuths) + len(consumer.HMACAuths)
	}
	return entities
}
