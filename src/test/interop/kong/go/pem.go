package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"time"
)

// certified is a key pair with its certificate, and the certificate of an authority, in PEM.
type certified struct {
	cert, key, public, authority, authorityDigest string
}

func newCertified(name string) certified {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	must(err)
	authority := certificate(name, key, true)
	digest := sha256.Sum256(authority)
	return certified{
		cert:            armoured("CERTIFICATE", certificate(name, key, false)),
		key:             armoured("PRIVATE KEY", encoded),
		public:          armoured("PUBLIC KEY", public),
		authority:       armoured("CERTIFICATE", authority),
		authorityDigest: hex.EncodeToString(digest[:]),
	}
}

func certificate(name string, key *ecdsa.PrivateKey, isAuthority bool) []byte {
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		BasicConstraintsValid: true,
		IsCA:                  isAuthority,
	}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(err)
	return made
}

func armoured(kind string, content []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
