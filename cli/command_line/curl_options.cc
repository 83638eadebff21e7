#include "cli/command_line/curl_options.h"

#include <algorithm>
#include <array>

#include "base/text/text.h"

namespace adit::cli {
namespace {

struct CurlOptions {
  /// Separated by spaces.
  std::string_view names;
  std::string_view instead;
};

// The options in `curl --help all` (8.14) that concern HTTP requests.
constexpr std::array kCurlOptions = {
    CurlOptions{
        "-F --form --form-string --form-escape",
        "it sends no multipart/form-data. curl does, with adit's token: curl -F … -H \"$(adit token --header)\""},
    CurlOptions{"-k --insecure --proxy-insecure --doh-insecure --ssl-no-revoke",
                "certificates are always verified. SSL_CERT_FILE in the environment names further authorities."},
    CurlOptions{"--cacert --capath --proxy-cacert --proxy-capath --ca-native --proxy-ca-native --crlfile",
                "set SSL_CERT_FILE or SSL_CERT_DIR in the environment."},
    CurlOptions{
        "-E --cert --cert-type --key --key-type --pass --proxy-cert --proxy-key --proxy-pass",
        "it has no client certificates. curl has them, with adit's token: curl -E … -H \"$(adit token --header)\""},
    CurlOptions{
        "-u --user --basic --oauth2-bearer --anyauth --digest --ntlm --negotiate --aws-sigv4 -n --netrc --netrc-file --netrc-optional",
        "Adobe's hosts get the token by themselves. For other hosts write -H 'Authorization: …'."},
    CurlOptions{"-x --proxy --preproxy --socks4 --socks4a --socks5 --socks5-hostname --proxy1.0 -p --proxytunnel",
                "set HTTPS_PROXY, HTTP_PROXY or ALL_PROXY in the environment."},
    CurlOptions{"-U --proxy-user --proxy-basic --proxy-anyauth --proxy-digest --proxy-ntlm --proxy-negotiate",
                "write them into the proxy's URL: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"},
    CurlOptions{"--noproxy", "set NO_PROXY in the environment."},
    CurlOptions{"-A --user-agent", "write -H 'User-Agent: …'."},
    CurlOptions{"-e --referer", "write -H 'Referer: …'."},
    CurlOptions{"-b --cookie", "write -H 'Cookie: …'."},
    CurlOptions{"-c --cookie-jar -j --junk-session-cookies", "it keeps no cookies. -i shows those of the answer."},
    CurlOptions{"-r --range", "write -H 'Range: bytes=…'."},
    CurlOptions{"-C --continue-at", "write -H 'Range: bytes=…-', and -o to another file."},
    CurlOptions{"-z --time-cond", "write -H 'If-Modified-Since: …'."},
    CurlOptions{"--etag-compare", "write -H 'If-None-Match: …'."},
    CurlOptions{"-D --dump-header --etag-save", "-i prints the headers before the body."},
    CurlOptions{"-w --write-out", "-i prints the status and the headers; the exit code is 1 for every status but 2xx."},
    CurlOptions{"-f --fail --fail-with-body --fail-early",
                "leave it out: the exit code is 1 for every status but 2xx, and the body is printed."},
    CurlOptions{"-T --upload-file", "write -X PUT -d @FILE."},
    CurlOptions{
        "-O --remote-name --remote-name-all -J --remote-header-name --output-dir --create-dirs --no-clobber -R --remote-time",
        "write -o FILE."},
    CurlOptions{"--connect-timeout --expect100-timeout --happy-eyeballs-timeout-ms -Y --speed-limit --speed-time",
                "--max-time is the time limit for each request; without it a request ends when nothing moves."},
    CurlOptions{"--retry-delay --retry-max-time --retry-all-errors --retry-connrefused",
                "--retry N repeats after 429 and 503, with the pauses that the API asks for."},
    CurlOptions{"--location-trusted",
                "a token follows no redirect to another host. -H 'Authorization: …' may go there."},
    CurlOptions{"--max-redirs --post301 --post302 --post303 --follow",
                "it follows up to five redirects of GET and HEAD, and none of other methods."},
    CurlOptions{"--resolve --connect-to --unix-socket --abstract-unix-socket",
                "ADIT_ENDPOINTS leads the requests for a host to another address: https://HOST=http://127.0.0.1:PORT"},
    CurlOptions{"--http1.0 --http1.1 --http2 --http2-prior-knowledge --http3 --http3-only --http0.9 --no-npn --no-alpn",
                "leave it out: it speaks HTTP/1.1."},
    CurlOptions{
        "--tlsv1 --tlsv1.0 --tlsv1.1 --tlsv1.2 --tlsv1.3 --tls-max --sslv2 --sslv3 --ciphers --tls13-ciphers --curves --ssl --ssl-reqd",
        "leave it out: it uses TLS 1.2 or newer, as OpenSSL's configuration says."},
    CurlOptions{
        "-# --progress-bar --no-progress-meter -N --no-buffer -g --globoff -Z --parallel --no-keepalive --tcp-nodelay --raw --tr-encoding --path-as-is",
        "leave it out."},
    CurlOptions{"--next --parallel-max --parallel-immediate", "it sends one request; call it again for the next."},
    CurlOptions{"--url", "write the URL without an option."},
    CurlOptions{"--url-query", "write it into the URL, or as -G -d NAME=VALUE."},
    CurlOptions{"-K --config --disable", "it reads no options from a file."},
    CurlOptions{"--trace --trace-ascii --trace-time --trace-ids --trace-config --styled-output --stderr",
                "-v prints each step with its time on stderr."},
};

}  // namespace

std::string instead_of_curl_option(std::string_view option) {
  for (const auto& one : kCurlOptions) {
    const auto names = split_list(one.names, ' ');
    if (std::ranges::find(names, option) != names.end()) return std::string(one.instead);
  }
  return {};
}

}  // namespace adit::cli
