package main

import (
	"context"
	"fmt"

	"github.com/kong/go-kong/kong"
)

// named varies the name of an entity.
func named(n int) object { return object{"name": fmt.Sprint("other-", n)} }

func violation(name string, given object, field string, text string) mistake {
	return mistake{
		name:    name,
		given:   given,
		code:    400,
		message: "schema violation (" + field + ": " + text + ")",
		body:    object{"code": 2.0, "name": "schema violation", "fields": object{field: text}},
	}
}

func broken(name string, given object, text string) mistake {
	return mistake{
		name:    name,
		given:   given,
		code:    400,
		message: "schema violation (" + text + ")",
		body:    object{"code": 2.0, "name": "schema violation", "fields": object{"@entity": []any{text}}},
	}
}

func taken(given object, field, value string) mistake {
	return mistake{
		name:    field + " is taken",
		given:   given,
		code:    409,
		message: fmt.Sprintf("UNIQUE violation detected on '{%s=\"%s\"}'", field, value),
		body:    object{"code": 5.0, "name": "unique constraint violation", "fields": object{field: value}},
	}
}

// core are the entities that others reference.
//
// places are the ids of Services, because one plugin has one configuration at each.
func core(client *kong.Client, pair, otherPair certified, places []string) []kind {
	authorities := make([]certified, 5)
	for n := range authorities {
		authorities[n] = newCertified(fmt.Sprint("authority-", n))
	}
	return []kind{
		{
			name: "services", path: "/services", key: "name",
			given: parse(`{"name":"billing","host":"billing.example","path":"/v1","protocol":"https","port":8443,
				"retries":2,"connect_timeout":1000,"write_timeout":2000,"read_timeout":3000,"enabled":true,
				"tls_verify":true,"tls_verify_depth":3,"tags":["a","b"]}`),
			change: parse(`{"host":"billing2.example","retries":4,"tags":["c"]}`),
			vary:   named,
			methods: adapt(client.Services.Create, client.Services.Get, client.Services.Update, client.Services.Delete,
				client.Services.List, client.Services.ListAll),
			errors: []mistake{
				violation("no host", object{"name": "no-host"}, "host", "required field missing"),
				violation("unknown protocol", object{"host": "h", "protocol": "gopher"}, "protocol",
					"expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp"),
				violation("port out of range", object{"host": "h", "port": 70000}, "port", "value should be between 0 and 65535"),
				violation("path without slash", object{"host": "h", "path": "v1"}, "path", "should start with: /"),
				taken(object{"name": "billing", "host": "h"}, "name", "billing"),
			},
		},
		{
			name: "routes", path: "/routes", key: "name",
			given: parse(`{"name":"invoices","protocols":["http","https"],"methods":["GET","POST"],
				"hosts":["invoices.example","*.invoices.example"],"paths":["/invoices","~/invoices/[0-9]+"],
				"headers":{"x-version":["1","2"]},"https_redirect_status_code":302,"regex_priority":7,"strip_path":false,
				"path_handling":"v1","preserve_host":true,"request_buffering":false,"response_buffering":false,
				"snis":["invoices.example"],"tags":["a"],"service":{"id":"` + places[0] + `"}}`),
			change:  parse(`{"paths":["/all"],"regex_priority":8,"strip_path":true}`),
			vary:    named,
			methods: adapt(client.Routes.Create, client.Routes.Get, client.Routes.Update, client.Routes.Delete, client.Routes.List, client.Routes.ListAll),
			errors: []mistake{
				broken("nothing to match", object{"name": "none", "protocols": []any{"http"}},
					"must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'"),
				violation("unknown status", object{"paths": []any{"/p"}, "https_redirect_status_code": 300},
					"https_redirect_status_code", "expected one of: 426, 301, 302, 307, 308"),
				taken(object{"name": "invoices", "paths": []any{"/p"}}, "name", "invoices"),
			},
		},
		{
			name: "consumers", path: "/consumers", key: "username",
			given:  parse(`{"username":"alex","custom_id":"c-1","tags":["staff"]}`),
			change: parse(`{"custom_id":"c-2"}`),
			vary: func(n int) object {
				return object{"username": fmt.Sprint("alex-", n), "custom_id": fmt.Sprint("v-", n)}
			},
			methods: adapt(client.Consumers.Create, client.Consumers.Get, client.Consumers.Update, client.Consumers.Delete,
				client.Consumers.List, client.Consumers.ListAll),
			errors: []mistake{
				broken("no name", object{"tags": []any{"t"}},
					"at least one of these fields must be non-empty: 'custom_id', 'username'"),
				taken(object{"username": "alex"}, "username", "alex"),
				taken(object{"username": "alexa", "custom_id": "c-2"}, "custom_id", "c-2"),
			},
		},
		{
			name: "plugins", path: "/plugins", key: "instance_name",
			given: parse(`{"name":"cors","instance_name":"cors-1","enabled":true,"protocols":["http","https"],"tags":["a"],
				"config":{"origins":["https://a.example"],"methods":["GET"],"max_age":60,"credentials":true},
				"service":{"id":"` + places[0] + `"}}`),
			added:  parse(`{"config":{"private_network":false,"preflight_continue":false,"allow_origin_absent":true}}`),
			change: parse(`{"enabled":false,"config":{"max_age":90}}`),
			vary: func(n int) object {
				return object{"service": object{"id": places[n]}, "instance_name": fmt.Sprint("i-", n)}
			},
			methods: adapt(client.Plugins.Create, client.Plugins.Get, client.Plugins.Update, client.Plugins.Delete,
				client.Plugins.List, client.Plugins.ListAll),
			errors: []mistake{
				violation("unknown plugin", object{"name": "nope"}, "name",
					"plugin 'nope' not enabled; add it to the 'plugins' configuration property"),
				{
					name: "a member of the wrong type", given: parse(`{"name":"cors","config":{"max_age":"long"}}`),
					code: 400, message: "schema violation (config.max_age: expected a number)",
					body: parse(`{"code":2,"name":"schema violation","fields":{"config":{"max_age":"expected a number"}}}`),
				},
			},
		},
		{
			name: "upstreams", path: "/upstreams", key: "name",
			given: parse(`{"name":"billing.upstream","algorithm":"consistent-hashing","hash_on":"header","hash_on_header":"x-a",
				"hash_fallback":"ip","slots":1000,"host_header":"billing.example","tags":["a"],
				"healthchecks":{"threshold":10,"active":{"type":"http","http_path":"/live","timeout":2,"concurrency":5,
				"headers":{"x-a":["1"]},"healthy":{"interval":5,"successes":2,"http_statuses":[200]}}}}`),
			added: parse(`{"hash_on_cookie_path":"/","use_srv_name":false,"healthchecks":{
				"active":{"https_verify_certificate":true,"unhealthy":{"interval":0,"tcp_failures":0,"timeouts":0,
				"http_failures":0,"http_statuses":[429,404,500,501,502,503,504,505]}},
				"passive":{"type":"http","healthy":{"successes":0,
				"http_statuses":[200,201,202,203,204,205,206,207,208,226,300,301,302,303,304,305,306,307,308]},
				"unhealthy":{"tcp_failures":0,"timeouts":0,"http_failures":0,"http_statuses":[429,500,503]}}}}`),
			change: parse(`{"slots":2000,"healthchecks":{"active":{"timeout":3}}}`),
			vary:   named,
			methods: adapt(client.Upstreams.Create, client.Upstreams.Get, client.Upstreams.Update, client.Upstreams.Delete,
				client.Upstreams.List, client.Upstreams.ListAll),
			errors: []mistake{
				violation("no name", object{"slots": 100}, "name", "required field missing"),
				violation("few slots", object{"name": "few", "slots": 1}, "slots", "value should be between 10 and 65536"),
				taken(object{"name": "billing.upstream"}, "name", "billing.upstream"),
			},
		},
		{
			name: "certificates", path: "/certificates",
			given:  object{"cert": pair.cert, "key": pair.key, "tags": []any{"a"}},
			added:  object{"snis": []any{}},
			change: object{"cert": otherPair.cert, "key": otherPair.key},
			vary:   func(int) object { return object{} },
			methods: adapt(client.Certificates.Create, client.Certificates.Get, client.Certificates.Update,
				client.Certificates.Delete, client.Certificates.List, client.Certificates.ListAll),
			errors: []mistake{
				violation("no key", object{"cert": pair.cert}, "key", "required field missing"),
				broken("another key", object{"cert": pair.cert, "key": otherPair.key}, "certificate does not match key"),
			},
		},
		{
			name: "ca_certificates", path: "/ca_certificates",
			given:  object{"cert": pair.authority, "tags": []any{"a"}},
			added:  object{"cert_digest": pair.authorityDigest},
			change: object{"tags": []any{"b"}},
			vary: func(n int) object {
				return object{"cert": authorities[n].authority, "cert_digest": authorities[n].authorityDigest}
			},
			methods: adapt(client.CACertificates.Create, client.CACertificates.Get, client.CACertificates.Update,
				client.CACertificates.Delete, client.CACertificates.List, client.CACertificates.ListAll),
			errors: []mistake{
				violation("no certificate", object{"tags": []any{"t"}}, "cert", "required field missing"),
				broken("no authority", object{"cert": pair.cert},
					"certificate does not appear to be a CA because it is missing the \"CA\" basic constraint"),
			},
		},
		{
			name: "vaults", path: "/vaults", key: "prefix",
			given: parse(`{"name":"env","prefix":"my-env","description":"secrets of the node",
				"config":{"prefix":"SECRET_"},"tags":["a"]}`),
			change: parse(`{"description":"more secrets","config":{"prefix":"OTHER_"}}`),
			vary:   func(n int) object { return object{"prefix": fmt.Sprint("my-env-", n)} },
			methods: adapt(client.Vaults.Create, client.Vaults.Get, client.Vaults.Update, client.Vaults.Delete,
				client.Vaults.List, client.Vaults.ListAll),
			errors: []mistake{
				violation("no prefix", object{"name": "env"}, "prefix", "required field missing"),
				violation("prefix in upper case", object{"name": "env", "prefix": "Mine"}, "prefix", "invalid value: Mine"),
				violation("prefix of a type", object{"name": "env", "prefix": "env"}, "prefix", "must not be one of: env"),
				violation("unknown type", object{"name": "aws", "prefix": "mine"}, "name", "vault 'aws' is not installed"),
				taken(object{"name": "env", "prefix": "my-env"}, "prefix", "my-env"),
			},
		},
		{
			name: "key-sets", path: "/key-sets", key: "name",
			given: parse(`{"name":"partners","tags":["a"]}`), change: parse(`{"name":"friends"}`),
			vary: named,
			methods: adapt(client.KeySets.Create, client.KeySets.Get, client.KeySets.Update, client.KeySets.Delete,
				client.KeySets.List, client.KeySets.ListAll),
			errors: []mistake{taken(object{"name": "friends"}, "name", "friends")},
		},
	}
}

const jwk = `{"kty":"EC","crv":"P-256","kid":"k-1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`

// below are the entities that another entity has: targets, SNIs, keys and credentials.
func below(client *kong.Client, upstream, certificate, set, consumer string, pair certified) []kind {
	return append([]kind{
		{
			name: "targets", path: "/targets", parent: "/upstreams/" + upstream, key: "target",
			given:  parse(`{"target":"192.0.2.1:80","weight":10,"tags":["a"]}`),
			added:  object{"upstream": object{"id": upstream}},
			change: parse(`{"weight":20}`),
			vary:   func(n int) object { return object{"target": fmt.Sprint("192.0.2.1", n, ":80")} },
			methods: adapt(func(ctx context.Context, target *kong.Target) (*kong.Target, error) {
				return client.Targets.Create(ctx, &upstream, target)
			}, nil, func(ctx context.Context, target *kong.Target) (*kong.Target, error) {
				return client.Targets.Update(ctx, &upstream, target.ID, target)
			}, func(ctx context.Context, id *string) error {
				return client.Targets.Delete(ctx, &upstream, id)
			}, func(ctx context.Context, opt *kong.ListOpt) ([]*kong.Target, *kong.ListOpt, error) {
				return client.Targets.List(ctx, &upstream, opt)
			}, func(ctx context.Context) ([]*kong.Target, error) { return client.Targets.ListAll(ctx, &upstream) }),
			errors: []mistake{
				violation("no target", object{"weight": 1}, "target", "required field missing"),
				violation("weight out of range", object{"target": "h:1", "weight": 70000}, "weight",
					"value should be between 0 and 65535"),
			},
		},
		{
			name: "snis", path: "/snis", key: "name",
			given:  object{"name": "a.example", "certificate": object{"id": certificate}, "tags": []any{"a"}},
			change: parse(`{"name":"b.example"}`),
			vary:   func(n int) object { return object{"name": fmt.Sprint("s", n, ".example")} },
			methods: adapt(client.SNIs.Create, client.SNIs.Get, client.SNIs.Update, client.SNIs.Delete, client.SNIs.List,
				client.SNIs.ListAll),
			errors: []mistake{
				violation("no certificate", object{"name": "c.example"}, "certificate", "required field missing"),
				taken(object{"name": "b.example", "certificate": object{"id": certificate}}, "name", "b.example"),
				{
					name:  "unknown certificate",
					given: object{"name": "d.example", "certificate": object{"id": unknown}}, code: 400,
					message: "the foreign key '{id=\"" + unknown + "\"}' does not reference an existing 'certificates' entity.",
					body: object{"code": 4.0, "name": "foreign key violation", "fields": object{
						"certificate": object{"id": unknown},
					}},
				},
			},
		},
		{
			name: "keys (JWK)", path: "/keys", key: "name",
			given:   object{"name": "one", "kid": "k-1", "jwk": jwk, "set": object{"id": set}, "tags": []any{"a"}},
			change:  parse(`{"name":"two"}`),
			vary:    keyed,
			methods: keys(client),
			errors: []mistake{
				broken("another kid", object{"name": "x", "kid": "k-9", "jwk": jwk}, "kid in jwk.kid must be equal to keys.kid"),
				broken("no key", object{"name": "x", "kid": "k-9"}, "at least one of these fields must be non-empty: 'jwk', 'pem'"),
				broken("not JSON", object{"name": "x", "kid": "k-9", "jwk": "{"}, "could not json decode jwk string"),
				broken("no JWK", object{"name": "x", "kid": "36", "jwk": `{"kid":"36"}`}, "could not load JWK, likely not a valid key"),
				taken(object{"name": "two", "kid": "36", "pem": object{"public_key": pair.public}}, "name", "two"),
			},
		},
		{
			name: "keys (PEM)", path: "/keys", key: "name",
			given: object{"name": "pem", "kid": "p-1", "pem": object{"public_key": pair.public, "private_key": pair.key},
				"tags": []any{"a"}},
			change: parse(`{"name":"pem2"}`),
			vary: func(n int) object {
				return object{"name": fmt.Sprint("pem-", n), "kid": fmt.Sprint("p-", n, "-")}
			},
			methods: keys(client),
			errors: []mistake{
				{
					name: "no part", given: parse(`{"name":"x","kid":"x","pem":{"public_key":"nothing"}}`), code: 400,
					message: "schema violation (pem: could not load public key)",
					body:    parse(`{"code":2,"name":"schema violation","fields":{"pem":"could not load public key"}}`),
				},
			},
		},
	}, credentials(client, consumer, pair)...)
}

const unknown = "00000000-0000-4000-8000-000000000000"

func keyed(n int) object {
	kid := fmt.Sprint("j-", n)
	return object{"name": fmt.Sprint("key-", n), "kid": kid, "jwk": fmt.Sprintf(`{"kty":"oct","k":"c2VjcmV0","kid":"%s"}`, kid)}
}

func keys(client *kong.Client) methods {
	return adapt(client.Keys.Create, client.Keys.Get, client.Keys.Update, client.Keys.Delete, client.Keys.List,
		client.Keys.ListAll)
}
