// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/** Remembers the engines that a context makes. */
final class EngineKeeper {
  final List<SSLEngine> engines = new CopyOnWriteArrayList<>();
  private final SSLContext real;

  EngineKeeper(SSLContext real) {
    this.real = real;
  }

  SSLContext context() {
    return new SSLContext(new Spi(), real.getProvider(), real.getProtocol()) {};
  }

  /** The one of the connecting side, if that is the only one. */
  SSLEngine client() {
    return engines.stream().filter(SSLEngine::getUseClientMode).findFirst().orElseThrow();
  }

  private SSLEngine kept(SSLEngine engine) {
    engines.add(engine);
    return engine;
  }

  private final class Spi extends SSLContextSpi {
    @Override
    protected void engineInit(
        KeyManager[] keyManagers, TrustManager[] trustManagers, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("it is made already");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return real.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return real.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return kept(real.createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return kept(real.createSSLEngine(host, port));
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return real.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return real.getClientSessionContext();
    }
  }
}
