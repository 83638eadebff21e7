// What examples/analytics-report does, by hand and with Go's standard library alone: OpenWhisk's HTTP contract, or one
// activation with its parameters as the argument. ADIT_ENDPOINTS sends requests elsewhere, as it does for adit.
package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	ims      = "https://ims-na1.adobelogin.com"
	reports  = "https://analytics.adobe.io/api/example/reports"
	earlier  = 5 * time.Minute // how long before its end a token is replaced
	sentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n"
	query    = `{"rsid":"examplersid","globalFilters":[{"type":"dateRange",` +
		`"dateRange":"2023-01-01T00:00:00.000/2023-01-08T00:00:00.000"}],` +
		`"metricContainer":{"metrics":[{"columnId":"0","id":"metrics/pageviews"}]},` +
		`"dimension":"variables/daterangeday","settings":{"limit":50,"page":0}}`
)

type object = map[string]any
type token struct {
	value string
	until time.Time
}

var (
	transport = &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 64}
	client    = &http.Client{Timeout: 30 * time.Second, Transport: transport}
	routes    = strings.NewReplacer(strings.FieldsFunc(os.Getenv("ADIT_ENDPOINTS"), isSeparator)...)
	mutex     sync.Mutex // held during an exchange, so that callers at once make one
	tokens    = map[string]token{}
	inputs    = []string{"JWT_CLIENT_ID", "JWT_CLIENT_SECRET", "JWT_TECHNICAL_ACCOUNT_ID", "JWT_IMS_ORG",
		"JWT_METASCOPES", "JWT_PRIVATE_KEY"}
)

func isSeparator(c rune) bool { return c == ',' || c == '=' }

func send(request *http.Request, err error, to any) error {
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<20))
	if err == nil && response.StatusCode != 200 {
		err = fmt.Errorf("%s answered %d", request.URL.Host, response.StatusCode)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(body, to)
}

func privateKey(text string) (*rsa.PrivateKey, error) {
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(decoded)
	if block == nil {
		return nil, errors.New("JWT_PRIVATE_KEY is not PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if rsaKey, ok := key.(*rsa.PrivateKey); ok {
		return rsaKey, err
	}
	return nil, errors.New("JWT_PRIVATE_KEY is not an RSA key")
}

func assertion(in map[string]string) (string, error) {
	key, err := privateKey(in["JWT_PRIVATE_KEY"])
	if err != nil {
		return "", err
	}
	claims := object{"exp": time.Now().Add(5 * time.Minute).Unix(), "iss": in["JWT_IMS_ORG"],
		"sub": in["JWT_TECHNICAL_ACCOUNT_ID"], "aud": ims + "/c/" + in["JWT_CLIENT_ID"]}
	for _, scope := range strings.Split(in["JWT_METASCOPES"], ",") {
		claims[strings.TrimSpace(scope)] = true
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(payload)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	return signed + "." + encode(signature), err
}

func accessToken(in map[string]string) (string, error) {
	mutex.Lock()
	defer mutex.Unlock()
	id := in["JWT_CLIENT_ID"] + "\n" + in["JWT_CLIENT_SECRET"] + "\n" + in["JWT_PRIVATE_KEY"]
	if kept := tokens[id]; time.Now().Before(kept.until) {
		return kept.value, nil
	}
	signed, err := assertion(in)
	if err != nil {
		return "", err
	}
	form := url.Values{"client_id": {in["JWT_CLIENT_ID"]}, "client_secret": {in["JWT_CLIENT_SECRET"]},
		"jwt_token": {signed}}
	request, err := http.NewRequest("POST", routes.Replace(ims+"/ims/exchange/jwt"), strings.NewReader(form.Encode()))
	if err == nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"` // milliseconds
	}
	if err := send(request, err, &answer); err != nil {
		return "", err
	}
	tokens[id] = token{answer.AccessToken, time.Now().Add(time.Duration(answer.ExpiresIn)*time.Millisecond - earlier)}
	return answer.AccessToken, nil
}

func failure(status int, why string) object {
	return object{"error": object{"statusCode": status, "body": object{"error": why}}}
}

func run(params object) object {
	in := map[string]string{}
	for _, name := range inputs {
		if in[name], _ = params[name].(string); in[name] == "" {
			return failure(400, "missing parameter(s) '"+name+"'")
		}
	}
	bearer, err := accessToken(in)
	var report any
	if err == nil {
		var request *http.Request
		request, err = http.NewRequest("POST", routes.Replace(reports), strings.NewReader(query))
		if err == nil {
			request.Header = http.Header{"Authorization": {"Bearer " + bearer}, "Accept": {"application/json"},
				"Content-Type": {"application/json"}, "X-Api-Key": {in["JWT_CLIENT_ID"]},
				"X-Proxy-Global-Company-Id": {"example"}}
		}
		err = send(request, err, &report)
	}
	if err != nil {
		return failure(502, err.Error())
	}
	return object{"statusCode": 200, "body": report}
}

func main() {
	if len(os.Args) == 2 {
		var params object
		if err := json.Unmarshal([]byte(os.Args[1]), &params); err != nil {
			params = nil
		}
		json.NewEncoder(os.Stdout).Encode(run(params))
		return
	}
	http.HandleFunc("/init", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"ok":true}`) })
	http.HandleFunc("/run", func(w http.ResponseWriter, r *http.Request) {
		var message struct{ Value object }
		result := object{"error": "The activation is not JSON."}
		if json.NewDecoder(r.Body).Decode(&message) == nil {
			result = run(message.Value)
		}
		os.Stdout.WriteString(sentinel)
		os.Stderr.WriteString(sentinel)
		var text bytes.Buffer
		json.NewEncoder(&text).Encode(result)
		w.Header().Set("Content-Type", "application/json")
		w.Write(text.Bytes())
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+os.Args[2], nil))
}
