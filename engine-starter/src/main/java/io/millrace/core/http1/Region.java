package io.millrace.core.http1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;

import io.millrace.core.connection.ConnectionCounts;
import io.millrace.core.connection.FilePieces;
import io.millrace.core.http.FileRegions;
import io.netty.channel.Channel;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.stream.ChunkedWriteHandler;

/**
 * A region of a file on its way to a socket.
 *
 * @param channel the socket
 * @param counts what the connection has carried
 * @param file the file, closed with the region
 * @param position where the region starts
 * @param length its length in bytes
 */
record Region(Channel channel, ConnectionCounts counts, FileChannel file, long position, long length) {

	/**
	 * Whether the file has the region. To be asked before a promise is made to the
	 * client: a transport that finds a file too short when the head is out can only cut
	 * the connection.
	 * @return whether it has it all
	 */
	boolean exists() {
		return FileRegions.exists(this.file, this.position, this.length);
	}

	/**
	 * What to hand to the socket.
	 * @param allowed how much of the region to send, at most {@link #length()}
	 * @return a message, which closes the file when it is released
	 */
	Object message(long allowed) {
		return (this.channel.pipeline().get(ChunkedWriteHandler.class) != null) ? pieces(allowed) : region(allowed);
	}

	// What has to be encrypted is read piece by piece, as the client takes it.
	private Object pieces(long allowed) {
		try {
			FilePieces pieces = new FilePieces(this.file, this.position, allowed);
			this.counts.sent(allowed);
			return pieces;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private FileRegion region(long allowed) {
		DefaultFileRegion region = new CountedFileRegion(this.file, this.position, allowed, this.counts);
		if (!(this.channel instanceof IoUringSocketChannel)) {
			return region;
		}
		// Netty 4.2.18 splices with positions that are cut down to an int
		// (IoUringFileRegion#spliceToPipe): what is beyond has to be copied.
		if (this.position + allowed > Integer.MAX_VALUE) {
			return new CopiedFileRegion(region);
		}
		// Nor does it tell how far it has got.
		this.counts.sent(allowed);
		return new DefaultFileRegion(this.file, this.position, allowed);
	}

	void close() {
		FileRegions.close(this.file);
	}

}
