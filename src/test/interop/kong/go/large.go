package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/kong/go-database-reconciler/pkg/file"
	"github.com/kong/go-kong/kong"
)

// large times sync, diff, dump and reset of a state with the given numbers of services, routes and consumers. Each consumer has a
// key and an OAuth 2.0 credential, and each tenth route a plugin.
func large(client *kong.Client, numbers []string) {
	var services, routes, consumers int
	for i, number := range []*int{&services, &routes, &consumers} {
		n, err := strconv.Atoi(numbers[i])
		must(err)
		*number = n
	}
	read := func() (*file.Content, error) { return largeState(services, routes, consumers), nil }
	all := count(largeState(services, routes, consumers))
	fmt.Printf("large: %d entities: %d services, %d routes, %d consumers\n", all, services, routes, consumers)

	timed("sync", func() { expectChanges(client, "large sync", read, false, changes{created: all}) })
	timed("diff", func() { expectChanges(client, "large diff is empty", read, true, changes{}) })
	directory, err := os.MkdirTemp("", "kong-dump-")
	must(err)
	defer func() { must(os.RemoveAll(directory)) }()
	timed("dump", func() {
		dumped, err := dumpTo(client, directory+"/kong.yaml")
		if err == nil && count(dumped) != all {
			err = fmt.Errorf("%d entities, expected %d", count(dumped), all)
		}
		report(group, "large dump has every entity", err)
	})
	timed("reset", func() { expectChanges(client, "large reset", nothing, false, changes{deleted: all}) })
}

func timed(step string, run func()) {
	began := time.Now()
	run()
	fmt.Printf("large: %s %.1f s\n", step, time.Since(began).Seconds())
}

func largeState(services, routes, consumers int) *file.Content {
	content := &file.Content{FormatVersion: "3.0"}
	for i := 0; i < services; i++ {
		content.Services = append(content.Services, file.FService{Service: kong.Service{
			Name: kong.String(fmt.Sprint("service-", i)), Host: kong.String(fmt.Sprintf("host-%d.example", i)),
		}})
	}
	for i := 0; i < routes; i++ {
		route := &file.FRoute{Route: kong.Route{
			Name: kong.String(fmt.Sprint("route-", i)), Paths: kong.StringSlice(fmt.Sprint("/path-", i)),
		}}
		if i%10 == 0 {
			route.Plugins = append(route.Plugins, &file.FPlugin{Plugin: kong.Plugin{Name: kong.String("key-auth")}})
		}
		service := &content.Services[i%services]
		service.Routes = append(service.Routes, route)
	}
	for i := 0; i < consumers; i++ {
		key := &kong.KeyAuth{Key: kong.String(fmt.Sprint("key-of-consumer-", i))}
		client := &kong.Oauth2Credential{
			Name:         kong.String(fmt.Sprint("app-", i)),
			ClientID:     kong.String(fmt.Sprint("client-", i)),
			ClientSecret: kong.String(fmt.Sprint("secret-of-client-", i)),
			RedirectURIs: kong.StringSlice("https://app.example/callback"),
			ClientType:   kong.String("confidential"),
			HashSecret:   kong.Bool(false),
		}
		content.Consumers = append(content.Consumers, file.FConsumer{
			Consumer:    kong.Consumer{Username: kong.String(fmt.Sprint("consumer-", i))},
			KeyAuths:    []*kong.KeyAuth{key},
			Oauth2Creds: []*kong.Oauth2Credential{client},
		})
	}
	return content
}
