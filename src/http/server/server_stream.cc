#include "http/server/server_stream.h"

#include <boost/asio/buffer.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "adit/error.h"

#include "base/text/text.h"

namespace adit::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

[[noreturn]] void refuse(std::string_view what, const error_code& error) {
  throw Error::configuration("invalid_tls_identity", cat(what, ": ", error.message(), '.'))
      .hint(
          "Use PEM files. The certificate file contains the server's certificate, then the CA's. The key file contains the private key, without a passphrase.");
}

/// Stops OpenSSL from asking for a passphrase at the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return 0; }

}  // namespace

asio::ssl::context make_tls_context(const TlsIdentity& identity) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  auto* const native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // frees the 34 KiB of buffers of each idle connection
  SSL_CTX_set_default_passwd_cb(native, &no_passphrase);
  error_code error;
  context.use_certificate_chain(asio::buffer(identity.certificate_chain_pem), error);
  if (error) refuse("The TLS certificate cannot be used", error);
  const auto key = identity.private_key_pem.reveal();
  context.use_private_key(asio::const_buffer(key.data(), key.size()), asio::ssl::context::pem, error);
  if (error) refuse("The TLS private key cannot be used", error);
  if (SSL_CTX_check_private_key(native) != 1) {
    ERR_clear_error();
    refuse("The TLS private key is not the certificate's", asio::error::invalid_argument);
  }
  return context;
}

bool is_plain_http(const error_code& error) {
  return error.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

}  // namespace adit::http
