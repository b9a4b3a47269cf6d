// Command go runs the flows by golang.org/x/oauth2 and prints one JSON line for each.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type route struct{ Name, Authorize, Token, API string }

type world struct {
	RedirectURI, ClientID, ClientSecret, PublicID, ProvisionKey, User string
	Routes                                                            []route
}

// apiError is an error response of the API.
type apiError struct {
	code   string
	status int
}

func (e *apiError) Error() string { return fmt.Sprint(e.code, " ", e.status) }

type grant struct {
	config         *oauth2.Config
	verifier, code string
}

// flows holds the state of the flows on one route.
type flows struct {
	world       world
	route       route
	context     context.Context
	tokens, old *oauth2.Token
}

var challengeError = regexp.MustCompile(`error="([^"]*)"`)

const wrongVerifier = "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"

func (f *flows) clientCredentials(secret, scope string, style oauth2.AuthStyle) (*oauth2.Token, error) {
	config := clientcredentials.Config{
		ClientID: f.world.ClientID, ClientSecret: secret, TokenURL: f.route.Token, Scopes: []string{scope}, AuthStyle: style,
	}
	return config.Token(f.context)
}

func (f *flows) config(client, secret string) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if client == f.world.PublicID {
		style = oauth2.AuthStyleInParams
	}
	endpoint := oauth2.Endpoint{AuthURL: f.route.Authorize, TokenURL: f.route.Token, AuthStyle: style}
	return &oauth2.Config{
		ClientID: client, ClientSecret: secret, Endpoint: endpoint, RedirectURL: f.world.RedirectURI, Scopes: []string{"read"},
	}
}

// authorize is the browser at the login page.
func (f *flows) authorize(client, secret string) (*grant, error) {
	config, verifier := f.config(client, secret), oauth2.GenerateVerifier()
	browser := &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := browser.Get(config.AuthCodeURL("state", oauth2.S256ChallengeOption(verifier)))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	callback, err := url.Parse(response.Header.Get("Location"))
	if err != nil {
		return nil, err
	}
	return &grant{config, verifier, callback.Query().Get("code")}, nil
}

func (f *flows) redeem(client, secret, verifier string, times int) (token *oauth2.Token, err error) {
	given, err := f.authorize(client, secret)
	if err != nil {
		return nil, err
	}
	if verifier == "" {
		verifier = given.verifier
	}
	for i := 0; i < times && err == nil; i++ {
		token, err = given.config.Exchange(f.context, given.code, oauth2.VerifierOption(verifier))
	}
	return token, err
}

func (f *flows) call(token *oauth2.Token, user string) error {
	response, err := f.config(f.world.ClientID, f.world.ClientSecret).Client(f.context, token).Get(f.route.API)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		found := challengeError.FindStringSubmatch(response.Header.Get("WWW-Authenticate"))
		return &apiError{strings.Join(found[min(1, len(found)):], ""), response.StatusCode}
	}
	var seen map[string]string
	if err := json.Unmarshal(body, &seen); err != nil {
		return err
	}
	if seen["x-consumer-username"] != "interop" || seen["x-authenticated-userid"] != user {
		return fmt.Errorf("the API saw %s", body)
	}
	return nil
}

func (f *flows) code() (err error) {
	f.tokens, err = f.redeem(f.world.ClientID, f.world.ClientSecret, "", 1)
	if err == nil && f.tokens.RefreshToken == "" {
		err = errors.New("no refresh token")
	}
	return err
}

func (f *flows) refresh(token *oauth2.Token) (*oauth2.Token, error) {
	expired := &oauth2.Token{RefreshToken: token.RefreshToken, Expiry: time.Now().Add(-time.Hour)}
	return f.config(f.world.ClientID, f.world.ClientSecret).TokenSource(f.context, expired).Token()
}

// password sends what the library has no parameters for in the query, which the token endpoint reads too.
func (f *flows) password(key string) (*oauth2.Token, error) {
	config := f.config(f.world.ClientID, f.world.ClientSecret)
	config.Endpoint.TokenURL += "?" + url.Values{
		"provision_key": {key}, "authenticated_userid": {f.world.User},
	}.Encode()
	return config.PasswordCredentialsToken(f.context, "alex", "checked by the login backend")
}

func (f *flows) run() {
	id, secret, public := f.world.ClientID, f.world.ClientSecret, f.world.PublicID
	header, body := oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams
	only := func(_ *oauth2.Token, err error) error { return err }
	used := func(user string) func(*oauth2.Token, error) error {
		return func(token *oauth2.Token, err error) error {
			if err != nil {
				return err
			}
			return f.call(token, user)
		}
	}
	f.report("client credentials", only(f.clientCredentials(secret, "read", header)))
	f.report("client credentials, wrong secret", only(f.clientCredentials("wrong", "read", header)))
	f.report("client credentials, unknown scope", only(f.clientCredentials(secret, "none", header)))
	f.report("secret in the body", only(f.clientCredentials(secret, "read", body)))
	f.report("secret in the body, wrong secret", only(f.clientCredentials("wrong", "read", body)))
	f.report("code, wrong secret", only(f.redeem(id, "wrong", "", 1)))
	f.report("code, wrong verifier", only(f.redeem(id, secret, wrongVerifier, 1)))
	f.report("code, reused", only(f.redeem(id, secret, "", 2)))
	f.report("public client", used(f.world.User)(f.redeem(public, "", "", 1)))
	f.report("public client, wrong verifier", only(f.redeem(public, "", wrongVerifier, 1)))
	if f.route.Name == "kong" {
		f.report("password", used(f.world.User)(f.password(f.world.ProvisionKey)))
		f.report("password, wrong provision key", only(f.password("wrong")))
	}
	f.report("API call, missing scope", used("")(f.clientCredentials(secret, "write", header)))
	err := f.code()
	f.report("code", err)
	if err != nil {
		return // the flows that need its tokens have no row then, and the driver counts them as failed
	}
	fresh, err := f.refresh(f.tokens)
	f.report("refresh", err)
	if err != nil {
		return
	}
	f.old, f.tokens = f.tokens, fresh
	f.report("refresh, used token", only(f.refresh(f.old)))
	f.report("API call", f.call(f.tokens, f.world.User))
	f.report("API call, revoked token", f.call(f.old, f.world.User))
}

// report prints what came of a flow.
func (f *flows) report(flow string, err error) {
	row := map[string]any{"route": f.route.Name, "flow": flow}
	var retrieved *oauth2.RetrieveError
	var api *apiError
	switch {
	case err == nil:
		row["ok"] = true
	case errors.As(err, &retrieved):
		row["error"], row["status"] = retrieved.ErrorCode, retrieved.Response.StatusCode
	case errors.As(err, &api):
		row["error"], row["status"] = api.code, api.status
	default:
		row["failure"] = err.Error()
	}
	line, _ := json.Marshal(row)
	fmt.Println(string(line))
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	var all world
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	client := &http.Client{Timeout: 30 * time.Second}
	for _, each := range all.Routes {
		(&flows{world: all, route: each, context: context.WithValue(context.Background(), oauth2.HTTPClient, client)}).run()
	}
}
