// Makes calls through the gateway with grpc-go. Messages are bytes, like those of the service.
// Arguments: the ports of h2c and of TLS, and the value of an Authorization header for the protected service.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const limit = 30 * time.Second

// raw is a codec that passes bytes unchanged.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(message any) ([]byte, error) { return *message.(*[]byte), nil }

func (raw) Unmarshal(data []byte, message any) error {
	*message.(*[]byte) = append([]byte(nil), data...)
	return nil
}

type calls struct {
	connection *grpc.ClientConn
	service    string
	token      string
}

func (c calls) context(timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	if c.token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", c.token)
	}
	return ctx, cancel
}

func (c calls) unary(ctx context.Context, method string, request []byte, options ...grpc.CallOption) ([]byte, error) {
	var response []byte
	err := c.connection.Invoke(ctx, "/"+c.service+"/"+method, &request, &response, options...)
	return response, err
}

func (c calls) stream(ctx context.Context, method string) (grpc.ClientStream, error) {
	both := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	return c.connection.NewStream(ctx, both, "/"+c.service+"/"+method)
}

func is(code codes.Code, err error) error {
	if status.Code(err) != code {
		return fmt.Errorf("%v instead of %v", err, code)
	}
	return nil
}

func (c calls) largeUnary() error {
	ctx, cancel := c.context(limit)
	defer cancel()
	response, err := c.unary(ctx, "Unary", make([]byte, 314159))
	if err == nil && len(response) != 314159 {
		return fmt.Errorf("%d bytes", len(response))
	}
	return err
}

func (c calls) upload() error {
	ctx, cancel := c.context(limit)
	defer cancel()
	stream, err := c.stream(ctx, "Upload")
	if err != nil {
		return err
	}
	message := make([]byte, 65536)
	for range 160 {
		if err := stream.SendMsg(&message); err != nil {
			return err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	var total []byte
	if err := stream.RecvMsg(&total); err != nil || string(total) != fmt.Sprint(160*65536) {
		return fmt.Errorf("%q, %v", total, err)
	}
	return nil
}

func (c calls) pingPong() error {
	ctx, cancel := c.context(limit)
	defer cancel()
	stream, err := c.stream(ctx, "Chat")
	if err != nil {
		return err
	}
	for _, size := range []int{27182, 8, 1828, 45904} {
		message, response := make([]byte, size), []byte{}
		if err := stream.SendMsg(&message); err != nil {
			return err
		}
		if err := stream.RecvMsg(&response); err != nil || len(response) != size {
			return fmt.Errorf("%d bytes, %v", len(response), err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	var rest []byte
	if err := stream.RecvMsg(&rest); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%v instead of the end", err)
	}
	return nil
}

func (c calls) cancel() error {
	ctx, cancel := c.context(limit)
	time.AfterFunc(200*time.Millisecond, cancel)
	_, err := c.unary(ctx, "Sleep", nil)
	return is(codes.Canceled, err)
}

func (c calls) deadline() error {
	ctx, cancel := c.context(time.Second)
	defer cancel()
	_, err := c.unary(ctx, "Sleep", nil)
	return is(codes.DeadlineExceeded, err)
}

func (c calls) status() error {
	ctx, cancel := c.context(limit)
	defer cancel()
	text := "whitespace\t\r\n, ☺ and 😈"
	_, err := c.unary(ctx, "Fail", []byte("FAILED_PRECONDITION,"+text))
	if status.Convert(err).Message() != text {
		return fmt.Errorf("message %q", status.Convert(err).Message())
	}
	return is(codes.FailedPrecondition, err)
}

func (c calls) metadata() error {
	ctx, cancel := c.context(limit)
	defer cancel()
	value := "\xab\x00\xff"
	var head, trailer metadata.MD
	_, err := c.unary(
		metadata.AppendToOutgoingContext(ctx, "x-echo-bin", value), "Unary", nil, grpc.Header(&head), grpc.Trailer(&trailer))
	for _, values := range [][]string{head["x-echo-bin"], trailer["x-echo-bin"]} {
		if len(values) != 1 || values[0] != value {
			return fmt.Errorf("%q, %v", values, err)
		}
	}
	return err
}

// ownError checks the gateway's own error for a service that it does not forward.
func (c calls) ownError(service string, code codes.Code) func() error {
	return func() error {
		ctx, cancel := c.context(limit)
		defer cancel()
		_, err := calls{connection: c.connection, service: service}.unary(ctx, "Sleep", nil)
		return is(code, err)
	}
}

func run(what string, c calls) (failed int) {
	cases := []struct {
		name string
		run  func() error
	}{
		{"large unary", c.largeUnary},
		{"upload", c.upload},
		{"ping pong", c.pingPong},
		{"cancel", c.cancel},
		{"deadline", c.deadline},
		{"status", c.status},
		{"metadata", c.metadata},
		{"no route", c.ownError("nowhere.Test", codes.Unimplemented)},
		{"no token", c.ownError("interop.token.Test", codes.Unauthenticated)},
		{"a closed port", c.ownError("interop.closed.Test", codes.Unavailable)},
		{"a read timeout", c.ownError("interop.slow.Test", codes.DeadlineExceeded)},
	}
	for _, test := range cases {
		if err := test.run(); err != nil {
			failed++
			fmt.Printf("grpc: grpc-go, %s: FAILED: %s: %v\n", what, test.name, err)
		}
	}
	fmt.Printf("grpc: grpc-go, %s: %d of %d pass\n", what, len(cases)-failed, len(cases))
	return failed
}

func connect(port string, security credentials.TransportCredentials) *grpc.ClientConn {
	connection, err := grpc.NewClient(
		"127.0.0.1:"+port,
		grpc.WithTransportCredentials(security),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{})))
	if err != nil {
		fmt.Println("grpc: grpc-go:", err)
		os.Exit(1)
	}
	return connection
}

func main() {
	plain := connect(os.Args[1], insecure.NewCredentials())
	// The certificate is self-signed, and these tests do not test trust.
	secure := connect(os.Args[2], credentials.NewTLS(&tls.Config{InsecureSkipVerify: true, ServerName: "ec.test"}))
	token := strings.TrimSpace(os.Args[3])
	failed := run("h2c", calls{plain, "interop.Test", ""}) +
		run("TLS", calls{secure, "interop.Test", ""}) +
		run("h2c, oauth2", calls{plain, "interop.Secret", token}) +
		run("TLS, oauth2", calls{secure, "interop.Secret", token})
	if failed > 0 {
		os.Exit(1)
	}
}
