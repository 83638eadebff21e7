#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/secret/freed.h"
#include "http/server/raw_peers_fixture.h"
#include "system/files/temporary_folder.h"

namespace adit::http::testing {

using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;

/// A certificate with its key, made for one test.
struct Identity {
  KeyPtr key;
  CertificatePtr certificate;
};

struct CertificateOptions {
  std::string name;
  /// In the syntax of openssl's configuration: `DNS:localhost,IP:127.0.0.1`. Empty for a CA.
  std::string alternative_names{};
  /// Seconds from now.
  long valid_from = -3600;
  long valid_until = 3600;
};

/// Makes a certificate that `issuer` signs, or a self-signed one if `issuer` is null.
inline Identity make_identity(const CertificateOptions& options, const Identity* issuer = nullptr) {
  Identity made{KeyPtr(EVP_EC_gen("P-256")), CertificatePtr(X509_new())};
  auto* certificate = made.certificate.get();
  static int serial = 0;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), options.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), options.valid_until);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(options.name.c_str()), -1, -1, 0);
  auto* signer = issuer != nullptr ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  const auto extend = [&](int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, signer, certificate, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  };
  if (options.alternative_names.empty())
    extend(NID_basic_constraints, "critical,CA:TRUE");
  else
    extend(NID_subject_alt_name, options.alternative_names);
  X509_sign(certificate, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

/// A temporary folder of a test.
struct TemporaryFolder : adit::TemporaryFolder {
  TemporaryFolder() : adit::TemporaryFolder(std::filesystem::temp_directory_path() / "adit-http") {
    if (path().empty()) std::abort();
  }
};

inline std::string write_pem(const std::filesystem::path& file, X509* certificate) {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(memory, &text);
  std::ofstream(file) << std::string_view(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return file.string();
}

inline std::string key_pem(EVP_PKEY* key) {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return pem;
}

/// Writes the certificate under the name that `openssl rehash` gives it.
inline void write_hashed(const std::filesystem::path& folder, X509* certificate) {
  char name[16];
  std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(certificate));
  write_pem(folder / name, certificate);
}

/// A server that answers every request over TLS with `answer`.
class TlsServer {
 public:
  /// `newest` is the newest version of TLS that it offers, besides all older ones.
  TlsServer(const Identity& identity, std::string_view answer, int newest = 0)
      : context_(SSL_CTX_new(TLS_server_method())),
        answer_(answer),
        server_([this](RawSocket& socket, int) { serve(socket); }) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
    if (newest == 0) return;
    SSL_CTX_set_security_level(context_.get(), 0);  // TLS 1.1 signs with SHA-1
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), newest);
  }

  [[nodiscard]] std::string origin(std::string_view host = "localhost") const {
    return cat("https://", host, ':', server_.port());
  }
  [[nodiscard]] int connections() const { return server_.connections(); }

 private:
  void serve(RawSocket& socket) {
    const std::unique_ptr<SSL, Freed<SSL_free>> tls(SSL_new(context_.get()));
    SSL_set_fd(tls.get(), socket.descriptor());
    if (SSL_accept(tls.get()) != 1) return;
    std::string request;
    char bytes[4096];
    for (;;) {
      const int count = SSL_read(tls.get(), bytes, sizeof bytes);
      if (count <= 0) return;
      request.append(bytes, static_cast<std::size_t>(count));
      if (!request.ends_with("\r\n\r\n")) continue;
      request.clear();
      SSL_write(tls.get(), answer_.data(), static_cast<int>(answer_.size()));
    }
  }

  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context_;
  std::string answer_;
  RawServer server_;
};

}  // namespace adit::http::testing
