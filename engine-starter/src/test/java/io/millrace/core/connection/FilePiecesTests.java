package io.millrace.core.connection;

import java.io.EOFException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Files that are read piece by piece.
 */
class FilePiecesTests {

	@TempDir
	Path directory;

	@Test
	void aFileThatIsCutOffMeanwhileFails() throws Exception {
		Path file = Files.write(this.directory.resolve("file"), new byte[200_000]);
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			FilePieces pieces = new FilePieces(channel, 10, 199_990);
			assertThat(read(pieces)).isPositive();
			channel.truncate(100);
			assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read(pieces));
		}
	}

	@Test
	void aRegionIsReadToItsEnd() throws Exception {
		Path file = Files.write(this.directory.resolve("file"), new byte[200_000]);
		try (FileChannel channel = FileChannel.open(file)) {
			FilePieces pieces = new FilePieces(channel, 10, 150_000);
			int all = 0;
			while (!pieces.isEndOfInput()) {
				all += read(pieces);
			}
			assertThat(all).isEqualTo(150_000);
		}
	}

	private static int read(FilePieces pieces) throws Exception {
		ByteBuf piece = pieces.readChunk(UnpooledByteBufAllocator.DEFAULT);
		try {
			return piece.readableBytes();
		}
		finally {
			piece.release();
		}
	}

}
