// Answers each request with what Go's net/http saw of it.
package main

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	handler := http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			response.WriteHeader(400)
			return
		}
		lengths, announced := request.Header["Content-Length"]
		length := "-"
		if announced {
			length = lengths[0]
		}
		coding := "-"
		if len(request.TransferEncoding) > 0 {
			coding = strings.Join(request.TransferEncoding, ",")
		}
		sum := sha1.Sum(body)
		response.Header().Set("X-Saw", fmt.Sprintf("%s %s %s %s %s %d %s",
			hex.EncodeToString([]byte(request.Method)), hex.EncodeToString([]byte(request.RequestURI)),
			hex.EncodeToString([]byte(request.Host)), length, coding, len(body), hex.EncodeToString(sum[:])))
		response.Header().Set("Content-Length", "0")
	})
	server := &http.Server{Addr: "127.0.0.1:" + os.Args[1], Handler: handler}
	if err := server.ListenAndServe(); err != nil {
		panic(err)
	}
}
