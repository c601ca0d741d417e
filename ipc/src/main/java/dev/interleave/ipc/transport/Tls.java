// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How connections over TCP are encrypted. Immutable and thread-safe, if the context is.
 *
 * @param context has the keys that prove who this side is, and knows whom it trusts
 * @param clients whether who connects has to prove who it is; for the listening side
 * @param checkHost whether the listener's certificate has to be for the host; for the connecting
 *     side
 * @param host the host for which it has to be, if that is another one than in the address; null if
 *     it is not
 */
public record Tls(SSLContext context, Clients clients, boolean checkHost, @Nullable String host) {
  /** Whether who connects has to prove who it is. */
  public enum Clients {
    /** It is not asked. */
    ANY,

    /** It is asked; if it has no certificate it is let in all the same. */
    ASKED,

    /** Whoever has no certificate that is trusted is refused. */
    PROVEN
  }

  /** Checks the components. */
  public Tls {
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(clients, "clients");
    if (host != null && host.isBlank()) {
      throw new IllegalArgumentException("host is blank: \"" + host + '"');
    }
  }

  /**
   * Lets any client in, and checks that the listener's certificate is for the host connected to.
   */
  public static Tls of(SSLContext context) {
    return new Tls(context, Clients.ANY, true, null);
  }

  /** The same for other clients. */
  public Tls withClients(Clients which) {
    return new Tls(context, which, checkHost, host);
  }

  /** The same, where the listener's certificate has to be for this host, whatever the address. */
  public Tls withHost(String name) {
    return new Tls(context, clients, checkHost, Objects.requireNonNull(name, "name"));
  }

  /**
   * The same, where the listener's certificate may be for any host: so whoever has one that is
   * trusted can pass as any other. For a context that trusts exactly one certificate.
   */
  public Tls withoutHostCheck() {
    return new Tls(context, clients, false, host);
  }

  SSLEngine listening() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    switch (clients) {
      case ANY -> engine.setWantClientAuth(false);
      case ASKED -> engine.setWantClientAuth(true);
      case PROVEN -> engine.setNeedClientAuth(true);
    }
    return engine;
  }

  SSLEngine connecting(TcpAddress to) {
    String name = host != null ? host : to.address().getHostString();
    SSLEngine engine = context.createSSLEngine(name, to.address().getPort());
    engine.setUseClientMode(true);
    if (checkHost) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      engine.setSSLParameters(parameters);
    }
    return engine;
  }
}
