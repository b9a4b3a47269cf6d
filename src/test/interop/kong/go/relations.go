package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/kong/go-kong/kong"
)

// relations runs the cases of entities below others, and of lookups that are not by id or key.
func relations(client *kong.Client, service, consumer, upstream, certificate string) {
	const group = "relations"
	ctx := context.Background()
	one := func(name string, found int, err error) {
		if err == nil && found != 1 {
			err = fmt.Errorf("%d entities, expected 1", found)
		}
		report(group, name, err)
	}

	route, err := client.Routes.CreateInService(ctx, &service, &kong.Route{Name: kong.String("below"), Paths: kong.StringSlice("/below")})
	report(group, "a route in a service", err)
	routes, _, err := client.Routes.ListForService(ctx, &service, nil)
	one("routes of a service", len(routes), err)

	plugin, err := client.Plugins.CreateForService(ctx, &service, &kong.Plugin{Name: kong.String("cors")})
	report(group, "a plugin of a service", err)
	if err == nil {
		plugin.Enabled = kong.Bool(false)
		plugin, err = client.Plugins.UpdateForService(ctx, &service, plugin)
		if err == nil && *plugin.Enabled {
			err = fmt.Errorf("it is enabled")
		}
		report(group, "update a plugin of a service", err)
		plugins, failure := client.Plugins.ListAllForService(ctx, &service)
		one("plugins of a service", len(plugins), failure)
		report(group, "delete a plugin of a service", client.Plugins.DeleteForService(ctx, &service, plugin.ID))
	}
	if route != nil {
		_, err = client.Plugins.CreateForRoute(ctx, route.ID, &kong.Plugin{Name: kong.String("correlation-id")})
		report(group, "a plugin of a route", err)
		plugins, failure := client.Plugins.ListAllForRoute(ctx, route.ID)
		one("plugins of a route", len(plugins), failure)
		report(group, "a service with routes is not deleted", expect(client.Services.Delete(ctx, &service), http.StatusBadRequest,
			"an existing 'routes' entity references this 'services' entity"))
		report(group, "delete a route", client.Routes.Delete(ctx, route.ID))
	}

	found, err := client.Consumers.GetByCustomID(ctx, kong.String("parent-custom"))
	if err == nil && *found.ID != consumer {
		err = fmt.Errorf("consumer %s", *found.ID)
	}
	report(group, "a consumer by custom_id", err)
	key, err := client.KeyAuths.Create(ctx, &consumer, &kong.KeyAuth{})
	if err == nil && (key.Key == nil || len(*key.Key) < 32) {
		err = fmt.Errorf("no generated key")
	}
	report(group, "a generated key", err)
	if err == nil {
		byID, failure := client.KeyAuths.GetByID(ctx, key.ID)
		if failure == nil && *byID.Key != *key.Key {
			failure = fmt.Errorf("key %s", *byID.Key)
		}
		report(group, "a credential by id", failure)
		keys, _, failure := client.KeyAuths.ListForConsumer(ctx, &consumer, nil)
		one("credentials of a consumer", len(keys), failure)
	}

	_, err = client.SNIs.Create(ctx, &kong.SNI{Name: kong.String("r.example"), Certificate: &kong.Certificate{ID: &certificate}})
	report(group, "an SNI of a certificate", err)
	snis, _, err := client.SNIs.ListForCertificate(ctx, &certificate, nil)
	one("SNIs of a certificate", len(snis), err)

	target, err := client.Targets.Create(ctx, &upstream, &kong.Target{Target: kong.String("127.0.0.1:9")})
	report(group, "a target of an upstream", err)
	if err == nil {
		for _, health := range []string{"unhealthy", "healthy"} {
			request, failure := client.NewRequest(http.MethodPut, "/upstreams/"+upstream+"/targets/"+*target.ID+"/"+health, nil, nil)
			must(failure)
			_, failure = client.Do(ctx, request, nil)
			report(group, "mark a target as "+health, failure)
		}
		// The client has the method of Kong before 3.0.
		report(group, "mark a target by POST is 405, as in Kong 3", expect(client.Targets.MarkHealthy(ctx, &upstream, target),
			http.StatusMethodNotAllowed, "Method not allowed"))
		nodes, failure := client.UpstreamNodeHealth.ListAll(ctx, &upstream)
		one("health of an upstream", len(nodes), failure)
	}

	for _, path := range []string{"/default/services", "/default/workspaces/default", "/endpoints", "/plugins/enabled", "/tags"} {
		_, err := raw(client, http.MethodGet, path, nil)
		report(group, "GET "+path, err)
	}
}
