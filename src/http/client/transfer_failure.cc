#include "http/client/transfer_failure.h"

#include <cerrno>
#include <system_error>

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include "base/text/text.h"

namespace adit::http {
namespace {

constexpr std::string_view kCheckNetwork = "Check the network. If you use a proxy, check HTTPS_PROXY and NO_PROXY.";
constexpr std::string_view kOwnCa =
    "If a company proxy or a test server signs with its own CA, put that CA's certificate (PEM) into a file and name the file in SSL_CERT_FILE, or a folder of hashed certificates in SSL_CERT_DIR.";

std::string in_seconds(std::chrono::milliseconds time) {
  const auto whole = time.count() / 1000;
  const auto thousandths = time.count() % 1000;
  std::string text = std::to_string(whole);
  if (thousandths != 0) {
    auto digits = std::to_string(1000 + thousandths).substr(1);
    while (digits.ends_with('0')) digits.pop_back();
    text.append(".").append(digits);
  }
  return text.append(text == "1" ? " second" : " seconds");
}

/// Whether the server at a Unix socket did not read the request. A Unix socket that is closed with unread bytes resets
/// its peer; if all bytes were read, the peer sees the end of the stream (unix(7)). If the server closes the connection
/// before libcurl looks at it, libcurl reports that it could not connect, without an error number.
bool is_unread(const TransferFailure& failure) {
  return !failure.unix_socket.empty() && !failure.answered &&
         (failure.curl_code == CURLE_COULDNT_CONNECT || failure.os_error == ECONNRESET || failure.os_error == EPIPE ||
          failure.os_error == ECONNREFUSED || failure.os_error == ENOENT);
}

Error failed(const TransferFailure& failure, std::string_view what, std::string_view hint) {
  return Error::failure(is_unread(failure) ? "request_unread" : "request_failed", cat(failure.request, ": ", what))
      .hint(std::string(hint));
}

Error timed_out(const TransferFailure& failure) {
  const auto limit = in_seconds(failure.time_limit);
  if (failure.idle_time_up)
    return failed(
               failure,
               cat(failure.answered ? "the answer stopped: no byte was transferred for "
                                    : "the server accepted the request, but sent nothing for ",
                   limit, "."),
               "The server or the network hangs; try again later, or allow more time (ADIT_IDLE_TIMEOUT, in seconds).")
        .retryable();
  if (failure.sent)
    return failed(failure, cat("no complete answer arrived within ", limit, "."),
                  "The server is slow; try again later, or allow more time (ADIT_TIMEOUT, in seconds).")
        .retryable();
  const auto* const what = !failure.resolved    ? "the host name was not resolved within "
                           : !failure.connected ? "no connection was made within "
                                                : "the connection's handshake did not end within ";
  return failed(failure, cat(what, limit, "."),
                cat(kCheckNetwork, " ADIT_CONNECT_TIMEOUT and ADIT_TIMEOUT allow more time (seconds)."))
      .retryable();
}

Error certificate_refused(const TransferFailure& failure) {
  const auto host = failure.host;
  switch (failure.verify_result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return failed(
          failure, cat("the TLS certificate of ", host, " has expired."),
          "Check this machine's clock. If it is right, the server's operator has to renew the certificate, or the CA in SSL_CERT_FILE is out of date.");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return failed(failure, cat("the TLS certificate of ", host, " is not valid yet."), "Check this machine's clock.");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return failed(failure,
                    cat("the TLS certificate of ", host, " is signed by a CA that this machine does not trust."),
                    cat(kOwnCa, " If no CA at all is installed, install the package ca-certificates."));
    default:
      break;
  }
  // libcurl compares the names itself. It reports a mismatch only in its message.
  if (failure.detail.find("subject name") != std::string::npos ||
      failure.verify_result == X509_V_ERR_HOSTNAME_MISMATCH || failure.verify_result == X509_V_ERR_IP_ADDRESS_MISMATCH)
    return failed(
        failure, cat("the server's TLS certificate is not for ", host, "."),
        "Use the host name that the certificate names; if the URL is right, a proxy or a wrong DNS entry led to another server.");
  return failed(
      failure,
      cat("the TLS certificate of ", host, " was refused: ", X509_verify_cert_error_string(failure.verify_result), "."),
      kOwnCa);
}

// libcurl reports every failed handshake as CURLE_SSL_CONNECT_ERROR; only its message, which quotes OpenSSL, differs.
// client_tls_test.cc causes these failures with real servers and fails if a message changes.
bool was_reset(const TransferFailure& failure) {
  return failure.os_error == ECONNRESET || failure.os_error == EPIPE ||
         failure.detail.find("reset by peer") != std::string::npos ||
         failure.detail.find("SSL_ERROR_SYSCALL") != std::string::npos ||
         failure.detail.find("unexpected eof") != std::string::npos;
}

Error tunnel_refused(const TransferFailure& failure) {
  const auto what = cat("the proxy refused the tunnel with status ", failure.proxy_status);
  // RFC 9110 section 15.5.8 asks for 407; some proxies answer a wrong password with 401.
  if (failure.proxy_status == 407 || failure.proxy_status == 401)
    return failed(
        failure, cat(what, ": the login in HTTPS_PROXY is missing or wrong."),
        "Write it into HTTPS_PROXY (or ALL_PROXY) as http://USER:PASSWORD@HOST:PORT, special characters percent-encoded.");
  auto error = failed(failure, cat(what, '.'),
                      "Check HTTPS_PROXY, and NO_PROXY if this host should be reached without the proxy.");
  return failure.proxy_status >= 500 ? std::move(error).retryable() : error;
}

Error broken_off(const TransferFailure& failure) {
  if (failure.proxy_status >= 300 && !failure.sent) return tunnel_refused(failure);
  // Servers that use OpenSSL close the connection without an answer if a request is not TLS.
  const bool perhaps_tls = !failure.answered && failure.plain_http;
  return failed(failure,
                failure.answered ? "the connection broke off in the middle of the answer."
                                 : "the connection was closed before an answer came.",
                cat("The server or a proxy closed it. Try again.",
                    perhaps_tls ? " If the port speaks TLS, begin the URL with https://." : ""))
      .retryable();
}

Error handshake_failed(const TransferFailure& failure) {
  if (was_reset(failure)) return broken_off(failure);
  if (failure.detail.find("wrong version number") != std::string::npos ||
      failure.detail.find("packet length too long") != std::string::npos ||
      failure.detail.find("http request") != std::string::npos)
    return failed(failure, "the server does not speak TLS at this port.",
                  "Check the port, and whether the URL should begin with http://.");
  if (failure.detail.find("protocol version") != std::string::npos ||
      failure.detail.find("unsupported protocol") != std::string::npos)
    return failed(failure, "the server does not offer TLS 1.2 or later.",
                  "Older versions are not safe and are never used; the server's operator has to allow TLS 1.2 or 1.3.");
  return failed(failure, cat("the TLS handshake failed (", failure.detail, ")."),
                "The server may ask for a TLS version, a cipher or a client certificate that is not available here.");
}

/// Returns the host that libcurl tried to reach, from its message. If it is not the URL's host, it is a proxy.
std::string attempted_host(const TransferFailure& failure) {
  constexpr std::string_view kStart = "Failed to connect to ";
  if (!failure.detail.starts_with(kStart)) return {};
  const auto end = failure.detail.find(" port ");
  if (end == std::string::npos) return {};
  return failure.detail.substr(kStart.size(), end - kStart.size());
}

Error not_connected(const TransferFailure& failure) {
  if (!failure.unix_socket.empty())
    return failed(failure, cat("nothing answers at the Unix socket ", failure.unix_socket, "."),
                  "The server must be running, and you must be allowed to open its socket.")
        .retryable();
  // libcurl uses the same code for an unknown kind of proxy. The rest of its message may contain a password.
  constexpr std::string_view kScheme = "Unsupported proxy scheme for '";
  if (failure.detail.starts_with(kScheme)) {
    const auto named = failure.detail.substr(kScheme.size(), failure.detail.find("://") - kScheme.size());
    return failed(
        failure, cat("the proxy's URL begins with ", named, "://, which is not a kind of proxy."),
        "Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY: http://, https://, socks4://, socks4a://, socks5:// and socks5h:// are known.");
  }
  const auto target = attempted_host(failure);
  const bool proxy = !target.empty() && cat('[', target, ']') != failure.host && target != failure.host;
  const auto reason = failure.os_error == 0 || failure.os_error == ECONNREFUSED
                          ? std::string("the connection was refused")
                          : cat("no connection was made (", std::generic_category().message(failure.os_error), ')');
  if (proxy)
    return failed(
               failure, cat(reason, " by the proxy ", target, "."),
               "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, and NO_PROXY if this host should be reached without a proxy.")
        .retryable();
  return failed(failure, cat(reason, "."),
                "No server listens there, or a firewall refuses the connection. Check host and port.")
      .retryable();
}

}  // namespace

Error to_error(const TransferFailure& failure) {
  if (failure.stopped) return Error::failure("cancelled", cat(failure.request, ": stopped before its end."));
  if (failure.idle_time_up || failure.total_time_up) return timed_out(failure);
  switch (failure.curl_code) {
    case CURLE_OPERATION_TIMEDOUT:
      return timed_out(failure);
    case CURLE_COULDNT_RESOLVE_HOST:
      return failed(failure, cat("the host name ", failure.host, " could not be resolved."),
                    cat("Check the spelling of the name. ", kCheckNetwork))
          .retryable();
    case CURLE_COULDNT_RESOLVE_PROXY:
      return failed(failure, "the proxy's host name could not be resolved.",
                    "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.")
          .retryable();
    case CURLE_COULDNT_CONNECT:
      return not_connected(failure);
    case CURLE_PEER_FAILED_VERIFICATION:
      return certificate_refused(failure);
    case CURLE_SSL_CONNECT_ERROR:
      return handshake_failed(failure);
    case CURLE_SSL_CACERT_BADFILE:
      return failed(failure,
                    cat("the CA certificates in ", failure.ca_file.empty() ? "SSL_CERT_FILE" : failure.ca_file,
                        " could not be read."),
                    "The file must exist and contain certificates in PEM form; check SSL_CERT_FILE and SSL_CERT_DIR.");
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return broken_off(failure);
    case CURLE_SEND_FAIL_REWIND:
      return failed(failure, "the connection was closed before an answer came, and the body cannot be read again.",
                    "Put the body into a file and send that, or make the request again.");
    case CURLE_PROXY:
      return failed(failure, cat("the proxy failed (", failure.detail, ")."),
                    "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.")
          .retryable();
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:  // libcurl's code for bytes after the end of a compressed body
      return failed(failure, "the answer's compressed body is damaged.",
                    "The server or a proxy on the way had a fault.")
          .retryable();
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return failed(
          failure, "the server's answer is not HTTP.",
          "Check host and port; another service may listen there. If the port speaks TLS, begin the URL with https://.");
    case CURLE_BAD_FUNCTION_ARGUMENT:  // libcurl's code for a folded header line without a line before it
      if (failure.answered || failure.sent)
        return failed(failure, "the answer's header is malformed.", "The server or a proxy on the way had a fault.");
      break;
    case CURLE_URL_MALFORMAT:
      return failed(failure, "libcurl refuses the URL.", "Write it as https://HOST:PORT/PATH?QUERY, percent-encoded.");
    default:
      break;
  }
  return failed(failure, cat("the request failed (", failure.detail, ")."), kCheckNetwork);
}

}  // namespace adit::http
