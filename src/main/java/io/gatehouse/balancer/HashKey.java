package io.gatehouse.balancer;

/** Hashes a text to a number that is the same on every node and after every restart. */
public final class HashKey {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private HashKey() {}

    /** Returns FNV-1a over the characters, with mixed bits: alone it maps texts that differ only at the end to near values. */
    public static long of(String text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** Returns a number of which every bit depends on every bit of the input (the finaliser of MurmurHash3). */
    static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
