package io.millrace.boot.autoconfigure.tracing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A message of Protocol Buffers, read without its description.
 */
final class ProtobufMessage {

	private static final byte[] NOTHING = {};

	// Numbers and byte arrays by field.
	private final Map<Integer, List<Object>> fields = new HashMap<>();

	ProtobufMessage(byte[] encoded) {
		ByteBuffer in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
		while (in.hasRemaining()) {
			long tag = varint(in);
			this.fields.computeIfAbsent((int) (tag >>> 3), (number) -> new ArrayList<>()).add(value(in, tag & 7));
		}
	}

	private static Object value(ByteBuffer in, long wireType) {
		if (wireType == 0) {
			return varint(in);
		}
		if (wireType == 1) {
			return in.getLong();
		}
		if (wireType == 5) {
			return (long) in.getInt();
		}
		byte[] bytes = new byte[(int) varint(in)];
		in.get(bytes);
		return bytes;
	}

	private static long varint(ByteBuffer in) {
		long value = 0;
		for (int shift = 0;; shift += 7) {
			byte next = in.get();
			value |= (next & 0x7fL) << shift;
			if (next >= 0) {
				return value;
			}
		}
	}

	List<ProtobufMessage> messages(int field) {
		return this.fields.getOrDefault(field, List.of())
			.stream()
			.map((bytes) -> new ProtobufMessage((byte[]) bytes))
			.toList();
	}

	byte[] bytes(int field) {
		List<Object> values = this.fields.getOrDefault(field, List.of());
		return values.isEmpty() ? NOTHING : (byte[]) values.get(0);
	}

	String text(int field) {
		return new String(bytes(field), StandardCharsets.UTF_8);
	}

	long number(int field) {
		List<Object> values = this.fields.getOrDefault(field, List.of());
		return values.isEmpty() ? 0 : (long) values.get(0);
	}

}
