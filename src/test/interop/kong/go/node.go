package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/kong/go-kong/kong"
)

// node runs the cases about the node itself: what clients read before they read entities.
func node(client *kong.Client, pair certified) map[string]bool {
	const group = "node"
	ctx := context.Background()
	root, err := client.Root(ctx)
	report(group, "root", err)
	version, err := kong.NewVersion(fmt.Sprint(root["version"]))
	if err == nil && (version.Major() != 3 || version.Minor() != 10) {
		err = fmt.Errorf("version %s", version)
	}
	report(group, "version 3.10", err)
	info, err := client.Info.Get(ctx)
	if err == nil && (info.Configuration == nil || info.Configuration.Database != "postgres") {
		err = fmt.Errorf("no configuration.database")
	}
	report(group, "info", err)
	proxies, streams, err := client.Listeners(ctx)
	if err == nil && (len(proxies) != 2 || proxies[0].SSL || !proxies[1].SSL || proxies[0].IP == "" || len(streams) != 0) {
		err = fmt.Errorf("listeners %v and %v", proxies, streams)
	}
	report(group, "listeners", err)
	configuration, _ := root["configuration"].(object)
	for name, wanted := range map[string]any{"router_flavor": "traditional_compatible", "role": "traditional", "wasm": false} {
		report(group, "configuration."+name, same(object{name: wanted}, object{name: configuration[name]}))
	}
	status, err := client.Status(ctx)
	if err == nil && !status.Database.Reachable {
		err = fmt.Errorf("the database is not reachable")
	}
	report(group, "status", err)
	isServed, err := client.Tags.Exists(ctx)
	if err == nil && !isServed {
		err = fmt.Errorf("no tags")
	}
	report(group, "tags", err)
	_, err = client.Config(ctx)
	report(group, "config needs a node without a database", expect(err, http.StatusBadRequest,
		"this endpoint is only available when Kong is configured to not use a database"))
	_, err = client.FilterChains.ListAll(ctx)
	report(group, "filter chains need wasm",
		expect(err, http.StatusBadRequest, "this endpoint is only available when wasm is enabled"))
	_, err = client.ConsumerGroups.ListAll(ctx)
	report(group, "consumer groups are 404", expect(err, http.StatusNotFound, "Not found"))
	schemas(client)
	certificatesByName(client, pair)
	plugins, _ := root["plugins"].(object)
	available, _ := plugins["available_on_server"].(object)
	names := map[string]bool{}
	for name := range available {
		names[name] = true
	}
	return names
}

func schemas(client *kong.Client) {
	const group = "schemas"
	ctx := context.Background()
	for _, name := range []string{
		"services", "routes", "consumers", "plugins", "upstreams", "targets", "certificates", "ca_certificates", "snis",
		"vaults", "keys", "key_sets", "tags", "workspaces", "keyauth_credentials", "oauth2_credentials", "jwt_secrets", "acls",
		"plugins/oauth2", "plugins/cors", "vaults/env",
	} {
		schema, err := client.Schemas.Get(ctx, name)
		if err == nil {
			err = wellFormed(schema["fields"])
		}
		report(group, name, err)
	}
	isValid, message, err := client.Schemas.Validate(ctx, kong.EntityTypeServices, &kong.Service{Host: kong.String("h")})
	if err == nil && !isValid {
		err = fmt.Errorf("%s", message)
	}
	report(group, "a valid entity", err)
	isValid, message, err = client.Schemas.Validate(ctx, kong.EntityTypeServices, &kong.Service{})
	if wanted := "schema violation (host: required field missing)"; err == nil && (isValid || message != wanted) {
		err = fmt.Errorf("%s, expected %s", message, wanted)
	}
	report(group, "an invalid entity", err)
	isValid, message, err = client.Vaults.Validate(ctx, &kong.Vault{Name: kong.String("env"), Prefix: kong.String("mine")})
	if err == nil && !isValid {
		err = fmt.Errorf("%s", message)
	}
	report(group, "a valid vault", err)
	isValid, message, err = client.Plugins.Validate(ctx, &kong.Plugin{Name: kong.String("nope")})
	if err == nil && isValid {
		err = fmt.Errorf("an unknown plugin is valid")
	}
	report(group, "an invalid plugin", err)
	_, err = client.Schemas.Get(ctx, "nothing")
	report(group, "an unknown entity is 404", expect(err, http.StatusNotFound, "No entity named 'nothing'"))
}

// wellFormed checks that fields are objects of one member, and each of these has a type and what the type needs.
func wellFormed(value any) error {
	fields, isList := value.([]any)
	if !isList || len(fields) == 0 {
		return fmt.Errorf("no list of fields")
	}
	for _, element := range fields {
		field, isObject := element.(object)
		if !isObject || len(field) != 1 {
			return fmt.Errorf("%s is not an object of one member", text(element))
		}
		for name, description := range field {
			if err := described(name, description); err != nil {
				return err
			}
		}
	}
	return nil
}

func described(name string, value any) error {
	description, _ := value.(object)
	needs := map[string][]string{
		"string": {}, "integer": {}, "number": {}, "boolean": {}, "record": {}, "set": {"elements"}, "array": {"elements"},
		"map": {"keys", "values"}, "foreign": {"reference"},
	}
	kind, _ := description["type"].(string)
	members, isKnown := needs[kind]
	if !isKnown {
		return fmt.Errorf("%s has the type %q", name, kind)
	}
	for _, member := range members {
		if description[member] == nil {
			return fmt.Errorf("%s has no %s", name, member)
		}
		if nested, isObject := description[member].(object); isObject {
			if err := described(name+"."+member, nested); err != nil {
				return err
			}
		}
	}
	if nested := description["fields"]; kind == "record" && nested != nil && len(nested.([]any)) > 0 {
		return wellFormed(nested)
	}
	return nil
}

func certificatesByName(client *kong.Client, pair certified) {
	const group = "certificates by name"
	path := "/certificates/www.example"
	_, err := raw(client, http.MethodGet, path, nil)
	report(group, "an unknown name is 404", expect(err, http.StatusNotFound, "SNI not found"))
	made, err := raw(client, http.MethodPut, path, object{"cert": pair.cert, "key": pair.key})
	if err == nil {
		err = same(object{"snis": []any{"www.example"}, "cert": pair.cert, "key": pair.key}, without(made, server...))
	}
	report(group, "upsert", err)
	found, err := raw(client, http.MethodGet, path, nil)
	if err == nil {
		err = same(made, found)
	}
	report(group, "get", err)
	changed, err := raw(client, http.MethodPatch, path, object{"snis": []any{"www.example", "web.example"}})
	if err == nil && len(changed["snis"].([]any)) != 2 {
		err = fmt.Errorf("snis %v", changed["snis"])
	}
	report(group, "update", err)
	snis, err := raw(client, http.MethodGet, "/certificates/web.example/snis", nil)
	if err == nil && len(snis["data"].([]any)) != 2 {
		err = fmt.Errorf("snis %v", snis)
	}
	report(group, "its names", err)
	request, err := client.NewRequest(http.MethodDelete, path, nil, nil)
	if err == nil {
		_, err = client.Do(context.Background(), request, nil)
	}
	report(group, "delete", err)
	_, err = raw(client, http.MethodGet, "/snis/web.example", nil)
	report(group, "its names are deleted", expect(err, http.StatusNotFound, "Not found"))
}
