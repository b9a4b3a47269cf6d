package io.gatehouse.conformance.auth;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Records the threads of this process that verify signatures, and holds verifications until a test releases them. */
public final class ObservedSignatures implements AutoCloseable {
    private static final String NAME = "ObservedSignatures";
    private static final List<String> ALGORITHMS =
            List.of("SHA256withRSA", "SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA", "EdDSA", "Ed25519");

    private final Queue<String> threads = new ConcurrentLinkedQueue<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    public ObservedSignatures() throws GeneralSecurityException {
        Security.insertProviderAt(new Observed(), 1);
    }

    /** Returns the name of the thread of each verification that has begun. */
    public List<String> threads() {
        return List.copyOf(threads);
    }

    public void clear() {
        threads.clear();
    }

    /** Holds each verification from now on. */
    public void hold() {
        gate = new CountDownLatch(1);
    }

    public void release() {
        gate.countDown();
    }

    @Override
    public void close() {
        release();
        Security.removeProvider(NAME);
    }

    private final class Observed extends Provider {
        private static final long serialVersionUID = 1L;

        Observed() throws GeneralSecurityException {
            super(NAME, "1", "observes the provider of the JDK");
            for (String algorithm : ALGORITHMS) {
                Provider original = Signature.getInstance(algorithm).getProvider();
                putService(new Service(this, "Signature", algorithm, "Spi." + algorithm, List.of(), null) {
                    @Override
                    public Object newInstance(Object parameter) {
                        return new Spi(algorithm, original);
                    }

                    @Override
                    public boolean supportsParameter(Object parameter) {
                        return true;
                    }
                });
            }
        }
    }

    private final class Spi extends SignatureSpi {
        private final Signature signature;

        Spi(String algorithm, Provider original) {
            try {
                this.signature = Signature.getInstance(algorithm, original);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            signature.initVerify(key);
        }

        @Override
        protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
            signature.initSign(key);
        }

        @Override
        protected void engineUpdate(byte next) throws SignatureException {
            signature.update(next);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
            signature.update(bytes, offset, length);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            return signature.sign();
        }

        @Override
        protected boolean engineVerify(byte[] bytes) throws SignatureException {
            threads.add(Thread.currentThread().getName());
            try {
                if (!gate.await(30, TimeUnit.SECONDS)) {
                    throw new SignatureException("the test did not release the verification");
                }
            } catch (InterruptedException e) {
                throw new SignatureException(e);
            }
            return signature.verify(bytes);
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new InvalidParameterException(name);
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new InvalidParameterException(name);
        }
    }
}
