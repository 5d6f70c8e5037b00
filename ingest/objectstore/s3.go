//go:build objectstore

package objectstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// googleEndpoint speaks the language of S3.
const googleEndpoint = "https://storage.googleapis.com"

// client returns a client of the store of an address. AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL name the store where it is not
// that of Amazon, and AWS_REGION its region. Keys come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN,
// from ~/.aws/credentials, or from the role of the machine; without any, the bucket must be open to all.
func client(a address) (*minio.Client, error) {
	endpoint := cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com")
	if a.scheme == "gs" {
		endpoint = cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), googleEndpoint)
	}
	at, err := url.Parse(endpoint)
	if err != nil || at.Host == "" {
		return nil, fmt.Errorf("%v: AWS_ENDPOINT_URL is no address; write it as https://host:port", a)
	}
	chain := []credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}}
	if os.Getenv("AWS_EC2_METADATA_DISABLED") != "true" {
		chain = append(chain, &credentials.IAM{})
	}
	return minio.New(at.Host, &minio.Options{
		Creds: credentials.NewChainCredentials(chain), Secure: at.Scheme == "https", Region: os.Getenv("AWS_REGION"),
	})
}

// List returns the objects that an address names, by their addresses: the object itself, those in the folder, or those that
// a pattern matches. A change of an object after it was listed is an error when it is fetched.
func List(ctx context.Context, name string) ([]Object, error) {
	a, err := parse(name)
	if err != nil {
		return nil, err
	}
	c, err := client(a)
	if err != nil {
		return nil, err
	}
	prefix, _ := pattern(strings.TrimSuffix(a.key, "/"))
	var listed []Object
	for o := range c.ListObjects(ctx, a.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return nil, fmt.Errorf("list %s: %w", name, explain(o.Err))
		}
		listed = append(listed, Object{URL: address{a.scheme, a.bucket, o.Key}.String(), Size: o.Size, ETag: o.ETag})
	}
	begin := address{a.scheme, a.bucket, ""}.String()
	return choose(a, listed, func(o Object) string { return strings.TrimPrefix(o.URL, begin) })
}

func open(ctx context.Context, o Object) (io.ReadCloser, error) {
	a, err := parse(o.URL)
	if err != nil {
		return nil, err
	}
	c, err := client(a)
	if err != nil {
		return nil, err
	}
	options := minio.GetObjectOptions{}
	if err := options.SetMatchETag(o.ETag); err != nil {
		return nil, fmt.Errorf("%s: %w", o.URL, err)
	}
	return c.GetObject(ctx, a.bucket, a.key, options)
}

// explain says what an answer of a store means.
func explain(err error) error {
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		return err
	}
	switch answer.Code {
	case minio.NoSuchBucket:
		return fmt.Errorf("there is no such bucket; check the address, and AWS_ENDPOINT_URL where the store is not Amazon's")
	case minio.NoSuchKey:
		return errors.New("the object is gone; start again when its delivery is complete")
	case "PreconditionFailed":
		return errors.New("the object has changed since it was listed; start again when its delivery is complete")
	case minio.AccessDenied, "InvalidAccessKeyId", "SignatureDoesNotMatch", "Forbidden":
		return fmt.Errorf("the store refuses it (%s); check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION", answer.Code)
	}
	return fmt.Errorf("%s (%s)", strings.TrimSuffix(answer.Message, "."), answer.Code)
}
