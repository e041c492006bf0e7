# SPDX-License-Identifier: GPL-2.0-or-later
"""The test program of conformance/metamorphic.py, for ctest."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "conformance"))
sys.dont_write_bytecode = True
import metamorphic

sys.exit(metamorphic.main())
